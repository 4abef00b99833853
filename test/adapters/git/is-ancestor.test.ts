import { expect, onTestFinished, test } from 'vitest';
import type { GitRepository } from '../../../src/adapters/git/git.ts';
import { asCommitId } from '../../../src/adapters/git/object-format.ts';
import { createGitRepository, type GitRepositoryRig } from '../../rig/git-repository.ts';
import { openTestRepository } from '../../rig/open-test-repository.ts';

async function open(rig: GitRepositoryRig): Promise<GitRepository> {
  const git = await openTestRepository(rig);
  onTestFinished(() => git[Symbol.asyncDispose]());
  return git;
}

function make(): GitRepositoryRig {
  const rig = createGitRepository();
  onTestFinished(() => rig[Symbol.dispose]());
  rig.commit('first');
  return rig;
}

/** A commit with these parents and an empty tree. */
function commitOn(rig: GitRepositoryRig, name: string, ...parents: readonly string[]): string {
  return rig.git('commit-tree', 'HEAD^{tree}', '-m', name, ...parents.flatMap((parent) => ['-p', parent]));
}

test('near and far, over merges and side branches, it is what git says', async () => {
  const rig = make();
  const commits = [rig.git('rev-parse', 'HEAD')];
  for (let index = 1; index < 70; index += 1) {
    const newest = commits.at(-1) ?? '';
    const other = commits[(index * 7919) % commits.length] ?? '';
    const isMerge = index % 5 === 0 && other !== newest;
    const parents = index % 11 === 0 ? [other] : isMerge ? [newest, other] : [newest];
    commits.push(commitOn(rig, `${index}`, ...parents));
  }
  const git = await open(rig);
  for (let pair = 0; pair < 120; pair += 1) {
    const ancestor = commits[(pair * 104_729) % commits.length] ?? '';
    const commit = commits[(pair * 1_299_709 + 3) % commits.length] ?? '';
    const { exitCode } = rig.tryGit('merge-base', '--is-ancestor', ancestor, commit);
    expect(await git.isAncestor(asCommitId(ancestor), asCommitId(commit)), `${pair}`).toBe(exitCode === 0);
  }
}, 30_000);

test('where a shallow clone or a missing object ends the way, it is no ancestor', async () => {
  const rig = make();
  const first = asCommitId(rig.git('rev-parse', 'HEAD'));
  rig.commit('second');
  const third = asCommitId(rig.commit('third'));
  const shallow = rig.clone('--depth=1', '--no-local');
  const git = await open(shallow);
  expect(await git.isAncestor(first, third)).toBe(false);
  expect(await git.isAncestor(third, third)).toBe(true);
  expect(await git.isAncestor(third, asCommitId('1'.repeat(40)))).toBe(false);
});
