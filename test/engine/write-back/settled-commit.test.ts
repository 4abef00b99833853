import { expect, test } from 'vitest';
import type { CommitId } from '../../../src/adapters/git/git.ts';
import { settledCommit } from '../../../src/engine/write-back/settled-commit.ts';
import { success } from '../../../src/model/result.ts';
import { expectDiagnostic, expectValue } from '../../rig/expect-result.ts';

/** Commits that arrive one a window, until there are no more. */
function burst(commits: readonly string[]) {
  let looks = 0;
  const delaysMs: number[] = [];
  return {
    delaysMs,
    options: {
      newest: async () => {
        const commit = commits[Math.min(looks, commits.length - 1)] as CommitId;
        looks += 1;
        return success(commit);
      },
      isSame: async (left: string, right: string) => left === right,
      windowMs: 10_000,
      timer: {
        after(delayMs: number, call: () => void) {
          delaysMs.push(delayMs);
          const handle = setImmediate(call);
          return { cancel: () => clearImmediate(handle) };
        },
      },
    },
  };
}

test('a burst is waited for until a window passes without news', async () => {
  const quiet = burst(['a']);
  expect(expectValue(await settledCommit(quiet.options))).toBe('a');
  expect(quiet.delaysMs).toEqual([10_000]);
  const busy = burst(['a', 'b', 'c']);
  expect(expectValue(await settledCommit(busy.options))).toBe('c');
  expect(busy.delaysMs).toHaveLength(3);
});

test('a branch that never rests is waited for ten windows', async () => {
  const restless = burst([...'abcdefghijklmnopq']);
  expect(expectValue(await settledCommit(restless.options))).toBe('k');
  expect(restless.delaysMs).toHaveLength(10);
});

test('what is no news ends the waiting with the newest commit', async () => {
  const own = burst(['a', 'A']);
  const isSame = async (left: string, right: string) => left.toLowerCase() === right.toLowerCase();
  expect(expectValue(await settledCommit({ ...own.options, isSame }))).toBe('A');
});

test('waiting ends when the run is cancelled', async () => {
  const ended = await settledCommit({ ...burst(['a']).options, signal: AbortSignal.abort() });
  expect(expectDiagnostic(ended)).toMatchObject({ code: 'SK2204', failure: 'cancelled' });
});
