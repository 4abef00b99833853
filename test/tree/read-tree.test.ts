import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Result } from '../../src/model/result.ts';
import { formatPaxRecords, parsePaxRecords } from '../../src/tree/pax-records.ts';
import { readTree } from '../../src/tree/read-tree.ts';
import { tarChunks } from '../../src/tree/tar-chunks.ts';
import { formatTarHeader, type TarHeader } from '../../src/tree/tar-header.ts';
import type { Tree } from '../../src/tree/tree.ts';
import { expectCodes, expectValue } from '../rig/expect-result.ts';
import { file, treeOf } from '../rig/tree-builder.ts';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'tree-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Member extends Partial<Omit<TarHeader, 'name' | 'linkName'>> {
  readonly name: string | Buffer;
  readonly linkName?: string;
  readonly data?: Buffer | string;
}

const end = Buffer.alloc(1024);

function member({ name, linkName = '', data = '', ...more }: Member): Buffer {
  const bytes = Buffer.from(data);
  const header = Buffer.alloc(512);
  const fields = {
    mode: 0o644,
    uid: 0,
    gid: 0,
    sizeBytes: bytes.length,
    modifiedAt: 0,
    typeFlag: '0',
    ...more,
  };
  formatTarHeader({ ...fields, name: Buffer.from(name), linkName: Buffer.from(linkName) }, header, 0);
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

function pax(records: readonly [string, string][]): Buffer {
  const data = formatPaxRecords(records.map(([key, value]) => [key, Buffer.from(value)] as const));
  return member({ name: 'x', typeFlag: 'x', data });
}

async function read(...parts: readonly Buffer[]): Promise<Result<Tree>> {
  const path = join(scratch, 'case.tar');
  writeFileSync(path, Buffer.concat(parts));
  return readTree(path);
}

test('missing parents are made, and names lose their leading dot', async () => {
  const tree = expectValue(await read(member({ name: './a//b/c', data: 'x' }), end));
  expect(tree.entries.map((entry) => [entry.path, entry.type, entry.mode])).toEqual([
    ['', 'folder', 0o755],
    ['a', 'folder', 0o755],
    ['a/b', 'folder', 0o755],
    ['a/b/c', 'file', 0o644],
  ]);
});

test('the name that sorts first becomes the file, whichever came first in the tar', async () => {
  const tree = expectValue(
    await read(
      member({ name: 'z', data: 'x' }),
      member({ name: 'm', typeFlag: '1', linkName: './z' }),
      member({ name: 'a', typeFlag: '1', linkName: 'm' }),
      end,
    ),
  );
  expect(tree.entries.slice(1)).toMatchObject([
    { path: 'a', type: 'file', sizeBytes: 1 },
    { path: 'm', type: 'hard-link', target: 'a' },
    { path: 'z', type: 'hard-link', target: 'a' },
  ]);
});

test('a hard link to a symbolic link is a symbolic link', async () => {
  const tree = expectValue(
    await read(
      member({ name: 'l', typeFlag: '2', linkName: 'x' }),
      member({ name: 'm', typeFlag: '1', linkName: 'l' }),
      end,
    ),
  );
  expect(tree.entries.slice(1)).toMatchObject([
    { path: 'l', target: 'x' },
    { path: 'm', type: 'symbolic-link', target: 'x' },
  ]);
});

test('pax and GNU records override the header, times lose their fraction', async () => {
  const records = pax([
    ['path', 'ä'],
    ['mtime', '12.9'],
    ['uid', '4000000000'],
    ['SCHILY.xattr.user.a', 'v=1'],
  ]);
  const gnu = member({ name: '././@LongLink', typeFlag: 'L', data: `${'n'.repeat(200)}\0` });
  const tree = expectValue(await read(records, member({ name: 'cut' }), gnu, member({ name: 'cut' }), end));
  expect(tree.entries[2]).toMatchObject({
    path: 'ä',
    modifiedAt: 12,
    uid: 4_000_000_000,
    attributes: new Map([['user.a', Uint8Array.from(Buffer.from('v=1'))]]),
  });
  expect(tree.entries[1]).toMatchObject({ path: 'n'.repeat(200) });
});

test('device nodes below dev are left out', async () => {
  const tree = expectValue(
    await read(member({ name: 'dev/null', typeFlag: '3' }), member({ name: 'dev/fifo', typeFlag: '6' }), end),
  );
  expect(tree.entries.map((entry) => entry.path)).toEqual(['']);
});

const hostile: readonly (readonly [string, string, readonly Buffer[]])[] = [
  ['an absolute path', 'SK5006', [member({ name: '/etc/passwd' }), end]],
  ['a path with ..', 'SK5006', [member({ name: 'a/../../b' }), end]],
  ['a name of 256 bytes', 'SK5006', [pax([['path', 'n'.repeat(256)]]), member({ name: 'a' }), end]],
  ['a path of 4097 bytes', 'SK5004', [pax([['path', 'a/'.repeat(2049)]]), member({ name: 'a' }), end]],
  ['a path with NUL', 'SK5004', [pax([['path', 'a\0b']]), member({ name: 'a' }), end]],
  ['a name that is not UTF-8', 'SK5004', [member({ name: Buffer.from([0xff]) }), end]],
  ['a path twice', 'SK5007', [member({ name: 'a' }), member({ name: './a' }), end]],
  [
    'an entry below a symbolic link',
    'SK5008',
    [member({ name: 'a', typeFlag: '2', linkName: '/tmp' }), member({ name: 'a/b' }), end],
  ],
  ['an entry below a file', 'SK5008', [member({ name: 'a/b' }), member({ name: 'a' }), end]],
  [
    'a hard link that leaves',
    'SK5008',
    [member({ name: 'a', typeFlag: '1', linkName: '../etc/shadow' }), end],
  ],
  [
    'a hard link to an absolute path',
    'SK5008',
    [member({ name: 'etc/shadow' }), member({ name: 'a', typeFlag: '1', linkName: '/etc/shadow' }), end],
  ],
  [
    'a hard link to what comes later',
    'SK5008',
    [member({ name: 'a', typeFlag: '1', linkName: 'b' }), member({ name: 'b' }), end],
  ],
  [
    'a hard link to a folder',
    'SK5008',
    [member({ name: 'd/', typeFlag: '5' }), member({ name: 'a', typeFlag: '1', linkName: 'd' }), end],
  ],
  ['a symbolic link to nothing', 'SK5008', [member({ name: 'a', typeFlag: '2' }), end]],
  ['a device node outside dev', 'SK5009', [member({ name: 'etc/sda', typeFlag: '4' }), end]],
  ['a GNU sparse file', 'SK5005', [member({ name: 'a', typeFlag: 'S' }), end]],
  ['a pax sparse file', 'SK5005', [pax([['GNU.sparse.major', '1']]), member({ name: 'a' }), end]],
  ['a member type of the future', 'SK5005', [member({ name: 'a', typeFlag: 'Z' }), end]],
  ['a size beyond the file', 'SK5003', [member({ name: 'a', sizeBytes: 0o7777777 }), end]],
  [
    'a size beyond all numbers',
    'SK5003',
    [pax([['size', '99999999999999999999999999']]), member({ name: 'a' }), end],
  ],
  ['a negative size', 'SK5003', [pax([['size', '-512']]), member({ name: 'a' }), end]],
  ['a link with content', 'SK5003', [member({ name: 'a', typeFlag: '2', linkName: 'b', data: 'x' }), end]],
  ['an owner that is no number', 'SK5003', [pax([['uid', 'root']]), member({ name: 'a' }), end]],
  [
    'a pax record with a wrong length',
    'SK5003',
    [member({ name: 'x', typeFlag: 'x', data: '99 path=a\n' }), member({ name: 'a' }), end],
  ],
  [
    'a pax header with a huge size',
    'SK5003',
    [member({ name: 'x', typeFlag: 'x', data: Buffer.alloc(1024 * 1024 + 1) }), end],
  ],
  ['a pax header without a member', 'SK5003', [pax([['path', 'a']]), end]],
  ['no end', 'SK5003', [member({ name: 'a' })]],
  ['no bytes', 'SK5003', []],
  ['no tar', 'SK5003', [Buffer.alloc(2048, 'not a tar')]],
];

test.each(hostile)('%s is refused', async (_name, code, parts) => {
  expect(expectCodes(await read(...parts))).toEqual([code]);
});

test('a file that is not there is refused', async () => {
  expect(expectCodes(await readTree(join(scratch, 'none')))).toEqual(['SK5001']);
});

test('any damage gives a tree or a diagnostic, never an exception', async () => {
  const whole = Buffer.concat([...tarChunks(treeOf(file('a', 'x'.repeat(600)), file('ä', 'y')))]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }),
      fc.nat(whole.length),
      async (edits, length) => {
        const bytes = Buffer.from(whole);
        for (const [offset, value] of edits) {
          bytes[offset] = value;
        }
        expect(typeof (await read(bytes.subarray(0, length))).ok).toBe('boolean');
      },
    ),
    { numRuns: 300 },
  );
});

test('pax records survive writing and reading', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (value) => {
      const records = parsePaxRecords(formatPaxRecords([['path', value]]));
      expect(records?.get('path')?.equals(value)).toBe(true);
    }),
  );
});

test.each([
  ['members', [...Array(101).keys()].map((index) => member({ name: String(index) }))],
  [
    'folders on the way to a member',
    [pax([['path', 'd/'.repeat(101)]]), member({ name: 'a', typeFlag: '5' })],
  ],
])('more %s than the limit are refused', async (_name, parts) => {
  const path = join(scratch, 'many.tar');
  writeFileSync(path, Buffer.concat([...parts, end]));
  expect(expectCodes(await readTree(path, { entryLimit: 100 }))).toEqual(['SK5002']);
  expectValue(await readTree(path, { entryLimit: 102 }));
});
