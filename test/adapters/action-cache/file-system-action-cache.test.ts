import { chmodSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ActionCacheRow } from '../../../src/adapters/action-cache/action-cache.ts';
import { createFileSystemActionCache } from '../../../src/adapters/action-cache/file-system-action-cache.ts';
import { keptRow, parseRow, rowText, wholeRow } from '../../../src/adapters/action-cache/row-text.ts';
import { createFileSystemStore } from '../../../src/adapters/store/file-system-store.ts';
import type { LocalStore } from '../../../src/adapters/store/store.ts';
import { digestOfBytes, digestOfJson, hexOf } from '../../../src/model/digest.ts';
import { idOf } from '../../rig/execution.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const inputs = { stage: 'pack', input: { size: 1 } };
const blob = { digest: digestOfBytes('blob'), sizeBytes: 4 };
const also = { digest: digestOfBytes('also'), sizeBytes: 4 };
const log = { digest: digestOfBytes('log'), sizeBytes: 3 };
const row: ActionCacheRow = {
  formatVersion: 3,
  key: digestOfJson(inputs),
  action: idOf('r/a'),
  inputs,
  output: { blobs: { file: blob }, data: { text: 'a\nb' }, alsoNeeded: [also], notNeeded: 'same' },
  tools: { mkfs: '1.47' },
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:00:01.000Z',
  log,
};

async function rig() {
  const folder = temporaryFolder();
  const checks: string[] = [];
  const files = createFileSystemStore({ folder: join(folder, 'store'), durable: false });
  const store: LocalStore = {
    ...files,
    check: (digest) => {
      checks.push(digest);
      return files.check(digest);
    },
  };
  for (const text of ['blob', 'also', 'log']) {
    expectValue(await store.put([Buffer.from(text)]));
  }
  const rows = join(folder, 'rows');
  const hex = hexOf(row.key);
  const open = () => createFileSystemActionCache({ folder: rows, cache: store });
  return { folder, rows, store, checks, open, cache: open(), path: join(rows, hex.slice(0, 2), hex) };
}

/** Writes other bytes of the same size into a blob. */
function damage(store: LocalStore, digest: typeof blob.digest): void {
  chmodSync(store.pathOf(digest), 0o644);
  writeFileSync(store.pathOf(digest), 'BLOB');
}

test('gives a row back without reading blobs that look as they did', async () => {
  const { cache, open, checks } = await rig();
  expectValue(await cache.put({ ...row, startedAt: '2000-01-01T00:00:00.000Z' }));
  const { inputs: _, ...result } = row;
  expect(await open().get(row.key)).toEqual({ ...result, startedAt: '2000-01-01T00:00:00.000Z' });
  expect(checks).toEqual([]);
});

test.each([
  ['an output', blob],
  ['what the output names', also],
])('a row is a miss where %s is gone, cut short or has other bytes', async (_, { digest }) => {
  const { cache, store, open } = await rig();
  const text = digest === blob.digest ? 'blob' : 'also';
  expectValue(await cache.put(row));
  rmSync(store.pathOf(digest));
  expect(await open().get(row.key)).toBeUndefined();
  writeFileSync(store.pathOf(digest), 'b');
  expect(await open().get(row.key)).toBeUndefined();
  writeFileSync(store.pathOf(digest), text);
  expect(await open().get(row.key)).toBeDefined();
  damage(store, digest);
  expect(await open().get(row.key)).toBeUndefined();
});

test('a blob that looks otherwise is read once, and the row remembers how it looks now', async () => {
  const { cache, store, open, checks } = await rig();
  expectValue(await cache.put(row));
  utimesSync(store.pathOf(blob.digest), 1, 1);
  expect(await open().get(row.key)).toBeDefined();
  expect(await open().get(row.key)).toBeDefined();
  expect(checks).toEqual([blob.digest]);
  expect(await cache.lastRows(row.action)).toEqual([row]);
});

test('a blob that was there before the action is read before a row names it', async () => {
  const { cache, store, checks } = await rig();
  const later = { ...row, startedAt: new Date(Date.now() + 60_000).toISOString() };
  expectValue(await cache.put(later));
  expect(checks.toSorted()).toEqual([blob.digest, also.digest].toSorted());
  damage(store, blob.digest);
  expect(expectCodes(await cache.put(later))).toEqual(['SK3020']);
});

test('a row whose log is gone has no log', async () => {
  const { cache, store } = await rig();
  expectValue(await cache.put(row));
  rmSync(store.pathOf(log.digest));
  const { log: _, inputs: __, ...withoutLog } = row;
  expect(await cache.get(row.key)).toEqual(withoutLog);
});

test('a damaged row is a miss wherever the damage is', () => {
  const mark = { sizeBytes: 4, inode: '1', modifiedAt: '1' };
  const text = rowText(keptRow(row, [mark, mark]));
  expect(wholeRow(parseRow(text) ?? expect.fail())).toEqual(row);
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom('x', '', '\n', '}'), (index, replacement) => {
      fc.pre(text[index] !== replacement);
      expect(parseRow(text.slice(0, index) + replacement + text.slice(index + 1))).toBeUndefined();
    }),
  );
});

test('a row of two lines, as an earlier version wrote them, is a miss', () => {
  const json = JSON.stringify({ row: { ...row, formatVersion: 2 }, marks: [] });
  expect(parseRow(`${digestOfBytes(json)}\n${json}\n`)).toBeUndefined();
});

test('a torn row is a miss, and is written over', async () => {
  const { cache, path } = await rig();
  expectValue(await cache.put(row));
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, 100));
  expect(await cache.get(row.key)).toBeUndefined();
  expectValue(await cache.put(row));
  expect(await cache.get(row.key)).toBeDefined();
});

test('a row under the name of another key is a miss', async () => {
  const { cache, path } = await rig();
  expectValue(await cache.put(row));
  const kept = parseRow(readFileSync(path, 'utf8')) ?? expect.fail();
  const result = { ...kept.result, key: digestOfJson({ stage: 'other' }) };
  writeFileSync(path, rowText({ ...kept, result }));
  expect(await cache.get(row.key)).toBeUndefined();
});

test('knows the last two keys of an action, newest first', async () => {
  const { cache } = await rig();
  const keyed = (size: number): ActionCacheRow => ({ ...row, inputs: { size }, key: digestOfJson({ size }) });
  expect(await cache.lastRows(row.action)).toEqual([]);
  for (const size of [1, 2, 2, 3]) {
    expectValue(await cache.put(keyed(size)));
  }
  expect((await cache.lastRows(row.action)).map(({ inputs }) => inputs['size'])).toEqual([3, 2]);
});

test('leaves nothing beside the row, and says when it cannot write', async () => {
  const { cache, path, folder, store } = await rig();
  expectValue(await cache.put(row));
  expect(readdirSync(join(path, '..'))).toEqual([hexOf(row.key)]);
  writeFileSync(join(folder, 'file'), '');
  const broken = createFileSystemActionCache({ folder: join(folder, 'file'), cache: store });
  expect(expectCodes(await broken.put(row))).toEqual(['SK3020']);
});
