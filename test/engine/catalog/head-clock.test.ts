import { expect, test } from 'vitest';
import { followingHead } from '../../../src/engine/catalog/head.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import type { CatalogHead } from '../../../src/model/record.ts';

const catalogDigest = digestOfBytes('catalog');
const dayMs = 24 * 60 * 60_000;
const start = Date.parse('2026-11-20T23:00:00Z');

function following(head: CatalogHead | undefined, now: number): CatalogHead | undefined {
  return followingHead({
    previous:
      head === undefined ? undefined : { head, catalogDigest, digest: digestOfBytes('head'), envelope },
    catalogDigest,
    desiredCommit: '1'.repeat(40),
    trustVersion: 1,
    now: new Date(now),
    validityMs: 90 * dayMs,
  });
}

const envelope = { payload: '', payloadType: '', signatures: [] };

test('a clock that jumps forward brings a new head for the same catalog, one that jumps back brings none', () => {
  const first = following(undefined, start);
  expect(first).toMatchObject({ counter: 1, issuedAt: '2026-11-20T23:00:00.000Z' });
  expect(following(first, start + 59 * dayMs)).toBeUndefined();
  expect(following(first, start - 400 * dayMs)).toBeUndefined();
  const jumped = following(first, start + 400 * dayMs);
  expect(jumped).toMatchObject({ counter: 2, expiresAt: new Date(start + 490 * dayMs).toISOString() });
  expect(following(jumped, start)).toBeUndefined();
});
