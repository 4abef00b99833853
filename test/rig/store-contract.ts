import { existsSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../src/adapters/store/store.ts';
import { type Digest, digestOfBytes } from '../../src/model/digest.ts';
import { expectCodes, expectValue } from './expect-result.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What the contract must be able to do to a store behind its back. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Replaces the bytes of a blob that is there. */
  damage(digest: Digest, bytes: Uint8Array): Promise<void>;
}

/** What every store must do, run for each adapter. */
export function storeContract(name: string, create: (folder: string) => Promise<StoreUnderTest>): void {
  const bytes = Buffer.from('some bytes\n');
  const digest = digestOfBytes(bytes);
  const absent = digestOfBytes('absent');
  const big = Buffer.alloc(5_000_001, 'abcdefg');

  describe(`${name} as a store`, () => {
    test('gives back what was put, by its digest', async () => {
      const { store } = await create(temporaryFolder());
      expect(expectValue(await store.put([bytes]))).toEqual({ digest, sizeBytes: bytes.length });
      expect(Buffer.from(expectValue(await store.readSmall(digest, 1000)))).toEqual(bytes);
    });

    test('joins chunks of any size, even where the source uses its buffer again', async () => {
      const { store } = await create(temporaryFolder());
      async function* chunks(): AsyncGenerator<Uint8Array> {
        const buffer = Buffer.alloc(100_003);
        for (let start = 0; start < big.length; start += buffer.length) {
          const length = big.copy(buffer, 0, start);
          yield buffer.subarray(0, length);
        }
      }
      const blob = expectValue(await store.put(chunks(), { expected: digestOfBytes(big) }));
      expect(expectValue(await store.check(blob.digest))).toEqual({
        digest: digestOfBytes(big),
        sizeBytes: big.length,
      });
    });

    test('keeps nothing of a stream with another digest than expected', async () => {
      const { store } = await create(temporaryFolder());
      expect(expectCodes(await store.put([bytes], { expected: absent }))).toEqual(['SK7003']);
      expect(await store.has([digest, absent])).toEqual(new Set());
    });

    test('shows nothing of a stream that breaks off', async () => {
      const { store } = await create(temporaryFolder());
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield bytes;
        throw new Error('broken off');
      }
      await expect(store.put(broken())).rejects.toThrow('broken off');
      expect(await store.has([digest])).toEqual(new Set());
    });

    test('shows nothing before the last byte is there', async () => {
      const { store } = await create(temporaryFolder());
      const seen: number[] = [];
      async function* watched(): AsyncGenerator<Uint8Array> {
        for (let part = 0; part < 3; part++) {
          seen.push((await store.has([digestOfBytes(big)])).size);
          yield big.subarray(part * 2_000_000, (part + 1) * 2_000_000);
        }
      }
      await store.put(watched());
      expect(seen).toEqual([0, 0, 0]);
      expect((await store.has([digestOfBytes(big)])).size).toBe(1);
    });

    test('takes the same blob from many at once', async () => {
      const { store } = await create(temporaryFolder());
      const results = await Promise.all(Array.from({ length: 20 }, () => store.put([big])));
      expect(new Set(results.map((result) => expectValue(result).digest)).size).toBe(1);
      expect(expectValue(await store.check(digestOfBytes(big))).sizeBytes).toBe(big.length);
    });

    test('holds the empty blob', async () => {
      const { store } = await create(temporaryFolder());
      const blob = expectValue(await store.put([]));
      expect(blob).toEqual({ digest: digestOfBytes(''), sizeBytes: 0 });
      expect(await store.has([blob])).toEqual(new Set([blob.digest]));
    });

    test('takes files in and leaves or moves them', async () => {
      const folder = temporaryFolder();
      const { store } = await create(join(folder, 'store'));
      const path = join(folder, 'file');
      writeFileSync(path, bytes);
      expect(expectValue(await store.putFile(path, { expected: digest }))).toEqual({
        digest,
        sizeBytes: bytes.length,
      });
      expect(existsSync(path)).toBe(true);
      expectValue(await store.putFile(path, { move: true }));
      expect(existsSync(path)).toBe(false);
      expect(Buffer.from(expectValue(await store.readSmall(digest, 1000)))).toEqual(bytes);
    });

    test('a moved file with another name cannot be changed by that name', async () => {
      const folder = temporaryFolder();
      const { store } = await create(join(folder, 'store'));
      writeFileSync(join(folder, 'file'), bytes);
      linkSync(join(folder, 'file'), join(folder, 'other'));
      expectValue(await store.putFile(join(folder, 'file'), { move: true }));
      writeFileSync(join(folder, 'other'), 'changed');
      expect(expectValue(await store.check(digest)).digest).toBe(digest);
    });

    test('a file with another digest than expected stays where it is', async () => {
      const folder = temporaryFolder();
      const { store } = await create(join(folder, 'store'));
      writeFileSync(join(folder, 'file'), bytes);
      const result = await store.putFile(join(folder, 'file'), { expected: absent, move: true });
      expect(expectCodes(result)).toEqual(['SK7003']);
      expect(existsSync(join(folder, 'file'))).toBe(true);
      expect(await store.has([digest])).toEqual(new Set());
    });

    test('refuses links and folders', async () => {
      const folder = temporaryFolder();
      const { store } = await create(join(folder, 'store'));
      symlinkSync('/etc/hostname', join(folder, 'link'));
      mkdirSync(join(folder, 'folder'));
      expect(expectCodes(await store.putFile(join(folder, 'link')))).toEqual(['SK7008']);
      expect(expectCodes(await store.putFile(join(folder, 'folder'), { move: true }))).toEqual(['SK7008']);
    });

    test('answers for many at once, and by size where it is asked', async () => {
      const { store } = await create(temporaryFolder());
      const blob = expectValue(await store.put([bytes]));
      const others = Array.from({ length: 300 }, (_, index) => digestOfBytes(String(index)));
      expect(await store.has([...others, digest])).toEqual(new Set([digest]));
      expect(await store.has([{ ...blob, sizeBytes: blob.sizeBytes + 1 }])).toEqual(new Set());
    });

    test('a blob that is not there has its own code', async () => {
      const folder = temporaryFolder();
      const { store } = await create(join(folder, 'store'));
      expect(expectCodes(await store.readSmall(absent, 10))).toEqual(['SK7001']);
      expect(expectCodes(await store.check(absent))).toEqual(['SK7001']);
      expect(expectCodes(await store.writeTo(absent, join(folder, 'out')))).toEqual(['SK7001']);
      expect(existsSync(join(folder, 'out'))).toBe(false);
    });

    test('reads no more than the limit', async () => {
      const { store } = await create(temporaryFolder());
      expectValue(await store.put([bytes]));
      expect(expectCodes(await store.readSmall(digest, bytes.length - 1))).toEqual(['SK7004']);
    });

    test.each([
      ['other bytes', Buffer.from('sOme bytes\n')],
      ['cut short', bytes.subarray(0, 3)],
      ['nothing', Buffer.alloc(0)],
    ])('finds a damaged blob (%s) whichever way it is read', async (_, damaged) => {
      const folder = temporaryFolder();
      for (const read of [
        (store: Store) => store.check(digest),
        (store: Store) => store.readSmall(digest, 1000),
        (store: Store) => store.writeTo(digest, join(folder, 'out')),
      ]) {
        const { store, damage } = await create(join(folder, 'store'));
        expectValue(await store.put([bytes]));
        await damage(digest, damaged);
        expect(expectCodes(await read(store))).toEqual(['SK7002']);
        expect(existsSync(join(folder, 'out'))).toBe(false);
      }
    });

    test('a blob that was cut short is replaced when it is put again', async () => {
      const { store, damage } = await create(temporaryFolder());
      const blob = expectValue(await store.put([bytes]));
      await damage(digest, Buffer.alloc(0));
      expect(await store.has([blob])).toEqual(new Set());
      expectValue(await store.put([bytes]));
      expect(expectValue(await store.check(digest))).toEqual(blob);
    });

    test('writes a blob to a new file and to no other', async () => {
      const folder = temporaryFolder();
      const { store } = await create(join(folder, 'store'));
      expectValue(await store.put([big]));
      const path = join(folder, 'out');
      expect(expectValue(await store.writeTo(digestOfBytes(big), path)).sizeBytes).toBe(big.length);
      expect(readFileSync(path).equals(big)).toBe(true);
      writeFileSync(path, 'mine');
      expect(expectCodes(await store.writeTo(digestOfBytes(big), path))).toEqual(['SK7007']);
      expect(readFileSync(path, 'utf8')).toBe('mine');
    });
  });
}
