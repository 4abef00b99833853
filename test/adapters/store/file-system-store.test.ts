import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createFileSystemStore } from '../../../src/adapters/store/file-system-store.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { type StoreUnderTest, storeContract } from '../../rig/store-contract.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

for (const durable of [true, false]) {
  storeContract(durable ? 'a durable folder' : 'a cache folder', async (folder) =>
    fileSystemStore(folder, durable),
  );
}

function fileSystemStore(folder: string, durable: boolean): StoreUnderTest {
  const store = createFileSystemStore({ folder, durable });
  return {
    store,
    damage: async (digest, bytes) => {
      chmodSync(store.pathOf(digest), 0o644);
      writeFileSync(store.pathOf(digest), bytes);
    },
  };
}

describe('a folder of blobs', () => {
  const bytes = Buffer.from('some bytes\n');
  const digest = digestOfBytes(bytes);

  test('holds read-only files and leaves nothing temporary', async () => {
    const folder = temporaryFolder();
    const store = createFileSystemStore({ folder, durable: true });
    expectValue(await store.put([bytes]));
    await store.put([bytes], { expected: digestOfBytes('other') });
    expect(lstatSync(store.pathOf(digest)).mode & 0o777).toBe(0o444);
    expect(readdirSync(join(folder, 'temporary'))).toEqual([]);
  });

  test('a damaged blob stays in a durable store and goes from a cache', async () => {
    for (const [durable, stays] of [
      [true, true],
      [false, false],
    ] as const) {
      const folder = temporaryFolder();
      const { store, damage } = fileSystemStore(folder, durable);
      expectValue(await store.put([bytes]));
      await damage(digest, Buffer.from('sOme bytes\n'));
      const result = await store.check(digest);
      expect(result.ok ? '' : result.diagnostics[0]?.message).toContain(folder);
      expect((await store.has([digest])).has(digest)).toBe(stays);
    }
  });

  test('removes leftovers of yesterday only', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'temporary'));
    const old = join(folder, 'temporary', 'old');
    const fresh = join(folder, 'temporary', 'fresh');
    writeFileSync(old, '');
    writeFileSync(fresh, '');
    const before = Date.now() / 1000 - 25 * 60 * 60;
    utimesSync(old, before, before);
    expectValue(await createFileSystemStore({ folder, durable: false }).put([bytes]));
    expect([existsSync(old), existsSync(fresh)]).toEqual([false, true]);
  });

  test('takes over from a store beside it by a link, and from another file system by a copy', async () => {
    const folder = temporaryFolder();
    const target = createFileSystemStore({ folder: join(folder, 'target'), durable: true });
    const beside = createFileSystemStore({ folder: join(folder, 'beside'), durable: false });
    expectValue(await beside.put([bytes]));
    expect(expectValue(await target.adopt(digest, beside))).toEqual({ digest, sizeBytes: bytes.length });
    expect(lstatSync(target.pathOf(digest)).ino).toBe(lstatSync(beside.pathOf(digest)).ino);

    const memory = mkdtempSync('/dev/shm/sandkiln-test-');
    onTestFinished(() => rmSync(memory, { recursive: true }));
    const far = createFileSystemStore({ folder: memory, durable: false });
    expectValue(await far.put([Buffer.from('far')]));
    expectValue(await target.adopt(digestOfBytes('far'), far));
    expect(expectValue(await target.check(digestOfBytes('far'))).sizeBytes).toBe(3);
  });

  test('takes no damaged blob over', async () => {
    const folder = temporaryFolder();
    const target = createFileSystemStore({ folder: join(folder, 'target'), durable: true });
    const { store, damage } = fileSystemStore(join(folder, 'from'), true);
    expectValue(await store.put([bytes]));
    await damage(digest, Buffer.from('sOme bytes\n'));
    expect(
      expectCodes(
        await target.adopt(digest, createFileSystemStore({ folder: join(folder, 'from'), durable: true })),
      ),
    ).toEqual(['SK7002']);
    expect((await target.has([digest])).size).toBe(0);
  });

  test('moves a file of another file system in by a copy', async () => {
    const folder = temporaryFolder();
    const memory = mkdtempSync('/dev/shm/sandkiln-test-');
    onTestFinished(() => rmSync(memory, { recursive: true }));
    writeFileSync(join(memory, 'file'), bytes);
    const store = createFileSystemStore({ folder, durable: true });
    expect(expectValue(await store.putFile(join(memory, 'file'), { move: true })).digest).toBe(digest);
    expect(existsSync(join(memory, 'file'))).toBe(false);
  });

  test.skipIf(process.getuid?.() !== 0)('says when no space is left, and keeps nothing', async () => {
    const folder = temporaryFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
    onTestFinished(() => void execFileSync('umount', [folder]));
    const store = createFileSystemStore({ folder, durable: true });
    const big = Buffer.alloc(3_000_000);
    expect(expectCodes(await store.put([big]))).toEqual(['SK7005']);
    expect((await store.has([digestOfBytes(big)])).size).toBe(0);
    expect(readdirSync(join(folder, 'temporary'))).toEqual([]);
    const other = createFileSystemStore({ folder: temporaryFolder(), durable: false });
    expectValue(await other.put([big]));
    expect(expectCodes(await store.adopt(digestOfBytes(big), other))).toEqual(['SK7005']);
    expect(expectCodes(await other.writeTo(digestOfBytes(big), join(folder, 'out')))).toEqual(['SK7005']);
    expect(existsSync(join(folder, 'out'))).toBe(false);
    expectValue(await store.put([bytes]));
  });

  test('says when the folder cannot be used', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const store = createFileSystemStore({ folder: join(folder, 'file'), durable: true });
    expect(expectCodes(await store.put([bytes]))).toEqual(['SK7006']);
  });
});
