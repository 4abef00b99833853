import { expect, onTestFinished, test } from 'vitest';
import type { CommitId } from '../../../src/adapters/git/git.ts';
import { checkHostLimits } from '../../../src/engine/write-back/host-limits.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { createGitRepository } from '../../rig/git-repository.ts';
import { openTestRepository } from '../../rig/open-test-repository.ts';

async function commitWith(changes: ReadonlyMap<string, Uint8Array>) {
  const rig = createGitRepository();
  onTestFinished(() => rig[Symbol.dispose]());
  const git = await openTestRepository(rig);
  onTestFinished(() => git[Symbol.asyncDispose]());
  const commit = await git.writeCommit({
    parent: undefined,
    changes,
    message: 'x',
    author: { name: 'x', email: 'x' },
    at: 0,
  });
  return { git, commit: expectValue(commit) as CommitId };
}

test('a folder with more entries, or a file with more bytes, than forges recommend is warned of', async () => {
  const many = new Map<string, Uint8Array>();
  for (let run = 0; run < 3000; run += 1) {
    many.set(`catalog/runs/2026/11/20/${run}.json`, Buffer.from('{}'));
  }
  const full = await commitWith(many);
  expect(await checkHostLimits(full.git, full.commit, many)).toEqual([]);
  many.set('catalog/runs/2026/11/20/one-more.json', Buffer.alloc(1_000_001));
  const over = await commitWith(many);
  const warnings = await checkHostLimits(over.git, over.commit, many);
  expect(warnings.map(({ code, severity, place }) => [code, severity, place?.file])).toEqual([
    ['SK2216', 'warning', 'catalog/runs/2026/11/20/one-more.json'],
    ['SK2215', 'warning', 'catalog/runs/2026/11/20'],
  ]);
});
