import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asCommitId, asObjectId } from '../../../src/adapters/git/object-format.ts';
import { nextSpacingMs, spacingOf, withSpacing } from '../../../src/engine/write-back/spacing.ts';

const seconds = 1_767_323_045;

function commit(message: string) {
  return {
    id: asCommitId('1'.repeat(40)),
    tree: asObjectId('2'.repeat(40)),
    parents: [],
    author: 'A <a@example.org>',
    committedAt: seconds,
    message,
  };
}

function at(offsetMs: number): Date {
  return new Date(seconds * 1000 + offsetMs);
}

test('what a commit asks for is read back while the commit is new', () => {
  const crowded = commit(withSpacing('subject\n', 800));
  expect([0, 3000, -3000].map((offset) => spacingOf(crowded, at(offset)))).toEqual([800, 800, 800]);
  expect([4000, -4000, 86_400_000].map((offset) => spacingOf(crowded, at(offset)))).toEqual([0, 0, 0]);
});

test('a commit that asks for nothing, or for nonsense, asks for 0; nobody can ask for more than ten seconds', () => {
  for (const message of [
    'subject\n',
    'Sandkiln-Spacing: -5ms\n',
    'Sandkiln-Spacing: 1e9ms\n',
    'Sandkiln-Spacing: 5\n',
  ]) {
    expect(spacingOf(commit(message), at(0))).toBe(0);
  }
  expect(spacingOf(commit('s\n\nSandkiln-Spacing: 99999ms\n'), at(0))).toBe(10_000);
});

test('it goes with the other trailers, or makes a paragraph of its own', () => {
  expect(withSpacing('subject\n\nRun: r1\nPlan: p\n', 100)).toBe(
    'subject\n\nRun: r1\nPlan: p\nSandkiln-Spacing: 100ms\n',
  );
  expect(withSpacing('subject: short\n', 100)).toBe('subject: short\n\nSandkiln-Spacing: 100ms\n');
  expect(withSpacing('subject\n\nsome text\n', 100)).toBe(
    'subject\n\nsome text\n\nSandkiln-Spacing: 100ms\n',
  );
  expect(withSpacing('subject\n', 0)).toBe('subject\n');
});

test('it grows with lost races up to its bound, shrinks without, and ends at none', () => {
  expect([0, 100, 8000].map((found) => nextSpacingMs(found, true))).toEqual([100, 150, 10_000]);
  expect([0, 1000, 70].map((found) => nextSpacingMs(found, false))).toEqual([0, 700, 0]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000 }), fc.boolean(), (found, lost) => {
      const next = nextSpacingMs(found, lost);
      expect(next === 0 || (next >= 50 && next <= 10_000)).toBe(true);
      expect(lost ? next >= found : next <= found).toBe(true);
    }),
  );
});
