import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ActionCacheRow } from '../../../src/adapters/action-cache/action-cache.ts';
import { createFileSystemActionCache } from '../../../src/adapters/action-cache/file-system-action-cache.ts';
import { parseRow, rowText } from '../../../src/adapters/action-cache/row-text.ts';
import { createFileSystemStore } from '../../../src/adapters/store/file-system-store.ts';
import { digestOfBytes, digestOfJson, hexOf } from '../../../src/model/digest.ts';
import { idOf } from '../../rig/execution.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const inputs = { stage: 'pack', input: { size: 1 } };
const blob = { digest: digestOfBytes('blob'), sizeBytes: 4 };
const log = { digest: digestOfBytes('log'), sizeBytes: 3 };
const row: ActionCacheRow = {
  formatVersion: 1,
  key: digestOfJson(inputs),
  action: idOf('r/a'),
  inputs,
  output: { blobs: { file: blob }, data: { text: 'a\nb' }, notNeeded: 'same' },
  tools: { mkfs: '1.47' },
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:00:01.000Z',
  log,
};

function rig() {
  const folder = temporaryFolder();
  const store = createFileSystemStore({ folder: join(folder, 'store'), durable: false });
  const rows = join(folder, 'rows');
  const hex = hexOf(row.key);
  return {
    folder,
    store,
    cache: createFileSystemActionCache({ folder: rows, cache: store }),
    path: join(rows, hex.slice(0, 2), hex),
  };
}

test('gives a row back while its blobs are there', async () => {
  const { cache, store } = rig();
  expectValue(await store.put([Buffer.from('blob')]));
  expectValue(await store.put([Buffer.from('log')]));
  expectValue(await cache.put(row));
  expect(await cache.get(row.key)).toEqual(row);
});

test('a row whose blob is gone or cut short is a miss, one whose log is gone has no log', async () => {
  const { cache, store } = rig();
  expectValue(await cache.put(row));
  expect(await cache.get(row.key)).toBeUndefined();
  expectValue(await store.put([Buffer.from('blob')]));
  const { log: _, ...withoutLog } = row;
  expect(await cache.get(row.key)).toEqual(withoutLog);
  rmSync(store.pathOf(blob.digest));
  writeFileSync(store.pathOf(blob.digest), 'b');
  expect(await cache.get(row.key)).toBeUndefined();
});

test('a damaged row is a miss wherever the damage is', () => {
  const text = rowText(row);
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom('x', '', '\n', '}'), (index, replacement) => {
      fc.pre(text[index] !== replacement);
      expect(parseRow(text.slice(0, index) + replacement + text.slice(index + 1))).toBeUndefined();
    }),
  );
});

test('a torn row is a miss, and is written over', async () => {
  const { cache, store, path } = rig();
  expectValue(await store.put([Buffer.from('blob')]));
  expectValue(await cache.put(row));
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, 100));
  expect(await cache.get(row.key)).toBeUndefined();
  expectValue(await cache.put(row));
  expect(await cache.get(row.key)).toBeDefined();
});

test('a row under the name of another key is a miss', async () => {
  const { cache, store, path } = rig();
  expectValue(await store.put([Buffer.from('blob')]));
  expectValue(await cache.put(row));
  const other = { stage: 'other' };
  writeFileSync(path, rowText({ ...row, inputs: other, key: digestOfJson(other) }));
  expect(await cache.get(row.key)).toBeUndefined();
});

test('leaves nothing beside the row, and says when it cannot write', async () => {
  const { cache, path, folder, store } = rig();
  expectValue(await cache.put(row));
  expect(readdirSync(join(path, '..'))).toEqual([hexOf(row.key)]);
  writeFileSync(join(folder, 'file'), '');
  const broken = createFileSystemActionCache({ folder: join(folder, 'file'), cache: store });
  expect(expectCodes(await broken.put(row))).toEqual(['SK3020']);
});
