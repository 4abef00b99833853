import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CommitId, GitRepository } from '../../../src/adapters/git/git.ts';
import { asCommitId } from '../../../src/adapters/git/object-format.ts';
import { finishLocalBranch } from '../../../src/engine/write-back/bring-local-branch.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { createGitRepository, type GitRepositoryRig } from '../../rig/git-repository.ts';
import { openTestRepository } from '../../rig/open-test-repository.ts';

let rig: GitRepositoryRig;
let git: GitRepository;
let first: CommitId;
let notes: string[];

beforeEach(async () => {
  rig = createGitRepository();
  first = asCommitId(rig.commit('first', { 'README.md': 'read me\n', 'catalog/old.json': 'old' }));
  git = await openTestRepository(rig);
  notes = [];
});

afterEach(async () => {
  await git[Symbol.asyncDispose]();
  rig[Symbol.dispose]();
});

function finish(tip: CommitId | undefined): Promise<boolean> {
  return finishLocalBranch(
    {
      git,
      branch: 'main',
      folder: 'catalog',
      clock: { now: () => new Date(0) },
      emit: (event) => notes.push(event.type === 'diagnostic' ? event.diagnostic.code : event.type),
    },
    tip,
  );
}

async function record(path: string): Promise<CommitId> {
  const commit = await git.writeCommit({
    parent: first,
    changes: new Map([[path, Buffer.from('new')]]),
    message: 'records',
    author: { name: 'Engine', email: 'engine@example.org' },
    at: 0,
  });
  return asCommitId(expectValue(commit) ?? '');
}

const marker = () => join(rig.path, '.git/sandkiln/advancing/refs%2Fheads%2Fmain');

/** Index and files are at a commit that the branch has not reached, as a killed run leaves them. */
function leaveAhead(next: CommitId): void {
  mkdirSync(dirname(marker()), { recursive: true });
  writeFileSync(marker(), next);
  rig.git('read-tree', '-m', '-u', 'HEAD', next);
}

test('a branch that is behind the records of its remote comes along with its files', async () => {
  const tip = await record('catalog/new.json');
  expect(await finish(tip)).toBe(true);
  expect([rig.git('rev-parse', 'main'), rig.git('status', '--porcelain'), notes]).toEqual([tip, '', []]);
});

test('files that are ahead of a branch behind its remote are where the branch is in the end', async () => {
  const tip = await record('catalog/new.json');
  leaveAhead(tip);
  expect(await finish(tip)).toBe(true);
  expect([rig.git('rev-parse', 'main'), rig.git('status', '--porcelain'), notes]).toEqual([tip, '', []]);
  expect(existsSync(marker())).toBe(false);
});

test.each(['no remote', 'nothing new at the remote'])(
  'with %s, files go back to the branch',
  async (what) => {
    leaveAhead(await record('catalog/new.json'));
    expect(rig.git('status', '--porcelain')).not.toBe('');
    expect(await finish(what === 'no remote' ? undefined : first)).toBe(false);
    expect([rig.git('rev-parse', 'main'), rig.git('status', '--porcelain'), notes]).toEqual([first, '', []]);
    expect(existsSync(marker())).toBe(false);
  },
);

test('files that somebody edited since are left to them, with a note', async () => {
  leaveAhead(await record('catalog/new.json'));
  rig.write('catalog/new.json', 'mine');
  expect(await finish(undefined)).toBe(false);
  expect(notes).toEqual(['SK2203']);
  expect(rig.git('status', '--porcelain')).not.toBe('');
});

test('a branch with commits of its own is nothing to speak of', async () => {
  const tip = await record('catalog/new.json');
  const own = rig.commit('own', { 'own.txt': 'x' });
  expect(await finish(tip)).toBe(false);
  expect([rig.git('rev-parse', 'main'), notes]).toEqual([own, []]);
});

test('where more than records is to come, the branch stays, with a note', async () => {
  expect(await finish(await record('specs/theirs.yaml'))).toBe(false);
  expect([rig.git('rev-parse', 'main'), notes]).toEqual([first, ['SK2203']]);
});

test("edits below the folder are nobody's business where nothing is left to finish", async () => {
  rig.write('catalog/mine', 'x');
  expect(await finish(first)).toBe(false);
  expect(notes).toEqual([]);
});
