import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CommitId, GitRepository } from '../../../src/adapters/git/git.ts';
import { asCommitId } from '../../../src/adapters/git/object-format.ts';
import { expectDiagnostic, expectValue } from '../../rig/expect-result.ts';
import { createGitRepository, type GitRepositoryRig } from '../../rig/git-repository.ts';
import { openTestRepository } from '../../rig/open-test-repository.ts';

let rig: GitRepositoryRig;
let git: GitRepository;
let first: CommitId;
let next: CommitId;

beforeEach(async () => {
  rig = createGitRepository();
  first = asCommitId(
    rig.commit('first', {
      'README.md': 'read me\n',
      'catalog/old.json': 'old',
      'catalog/sub/kept.json': 'kept',
      'catalog/sub/gone.json': 'gone',
    }),
  );
  git = await openTestRepository(rig);
  next = await record(first, {
    'catalog/new.json': 'new',
    'catalog/old.json': 'old 2',
    'catalog/sub/gone.json': null,
    'catalog/way/new.json': 'new',
  });
});

afterEach(async () => {
  await git[Symbol.asyncDispose]();
  rig[Symbol.dispose]();
});

async function record(parent: CommitId, files: Readonly<Record<string, string | null>>): Promise<CommitId> {
  const id = expectValue(
    await git.writeCommit({
      parent,
      changes: new Map(
        Object.entries(files).map(([path, text]) => [path, text === null ? null : Buffer.from(text)]),
      ),
      message: 'records',
      author: { name: 'Engine', email: 'engine@example.org' },
      at: 1767323045,
    }),
  );
  if (id === undefined) {
    throw new Error('nothing to commit');
  }
  return id;
}

function advance(branch = 'main', expected: CommitId | undefined = first, to = next) {
  return git.advanceBranch(branch, expected, to, 'catalog');
}

function expectUntouched(status = ''): void {
  expect(rig.git('rev-parse', 'main')).toBe(first);
  expect(rig.git('status', '--porcelain')).toBe(status);
}

test('brings index and files along with a branch that is checked out', async () => {
  expect(expectValue(await advance())).toEqual({ status: 'updated' });
  expect(rig.git('rev-parse', 'HEAD')).toBe(next);
  expect(rig.git('status', '--porcelain')).toBe('');
  expect(readFileSync(join(rig.path, 'catalog/new.json'), 'utf8')).toBe('new');
  expect(existsSync(join(rig.path, 'catalog/sub/gone.json'))).toBe(false);
  expect(rig.git('reflog', '-1', '--format=%gs', 'main')).toContain('sandkiln');
});

test("the user's next commit keeps the catalog", async () => {
  rig.write('README.md', 'edited\n');
  rig.git('add', 'README.md');
  rig.write('notes.txt', 'mine');
  expectValue(await advance());
  expect(rig.git('status', '--porcelain')).toBe('M  README.md\n?? notes.txt');
  rig.git('commit', '--quiet', '-m', 'my own work');
  expect(rig.git('diff', '--name-status', next, 'HEAD')).toBe('M\tREADME.md');
  expect(rig.show('HEAD', 'catalog/new.json')).toBe('new');
  rig.git('add', '--all');
  rig.git('commit', '--quiet', '-m', 'more');
  expect(rig.git('diff', '--name-status', next, 'HEAD')).toBe('M\tREADME.md\nA\tnotes.txt');
});

test('unstaged edits and removals elsewhere stay as they are', async () => {
  rig.write('README.md', 'edited\n');
  expectValue(await advance());
  expect(rig.git('status', '--porcelain')).toBe('M README.md');
  expect(readFileSync(join(rig.path, 'README.md'), 'utf8')).toBe('edited\n');
});

test('files whose times alone changed are clean', async () => {
  utimesSync(join(rig.path, 'catalog/old.json'), 1, 1);
  expect(expectValue(await advance())).toEqual({ status: 'updated' });
  expect(rig.git('status', '--porcelain')).toBe('');
});

type DirtyCase = readonly [string, () => void];

/** In files that the next commit changes. */
const dirtyHere: readonly DirtyCase[] = [
  ['an edited record', () => rig.write('catalog/old.json', 'edited')],
  ['a removed record', () => rmSync(join(rig.path, 'catalog/old.json'))],
  ['an edited record that the commit removes', () => rig.write('catalog/sub/gone.json', 'edited')],
  ['an untracked file where a record goes', () => rig.write('catalog/new.json', 'mine')],
  ['an untracked folder where a record goes', () => rig.write('catalog/new.json/mine', 'mine')],
  ['an untracked file where a folder goes', () => rig.write('catalog/way', 'mine')],
  [
    'a staged record',
    () => {
      rig.write('catalog/new.json', 'new');
      rig.git('add', 'catalog/new.json');
    },
  ],
  [
    'a staged edit of a record whose file is as it was',
    () => {
      rig.write('catalog/old.json', 'staged');
      rig.git('add', 'catalog/old.json');
      rig.write('catalog/old.json', 'old');
    },
  ],
  ['a record that is staged for removal', () => rig.git('rm', '--quiet', '--cached', 'catalog/old.json')],
];

/** In files that it leaves alone. */
const dirtyElsewhere: readonly DirtyCase[] = [
  ['an edited record', () => rig.write('catalog/sub/kept.json', 'edited')],
  ['a removed record', () => rmSync(join(rig.path, 'catalog/sub/kept.json'))],
  [
    'a staged record',
    () => {
      rig.write('catalog/staged.json', 'staged');
      rig.git('add', 'catalog/staged.json');
    },
  ],
  ['an untracked file', () => rig.write('catalog/mine.txt', 'mine')],
];

test.each(dirtyHere)('nothing moves over %s', async (_, makeDirty) => {
  makeDirty();
  const status = rig.git('status', '--porcelain');
  const diagnostic = expectDiagnostic(await advance());
  expect(diagnostic.code).toBe('SK2111');
  expect(diagnostic.message).toMatch(/catalog\/\S+/);
  expect(diagnostic.hint).toContain('git restore');
  expectUntouched(status);
});

test.each(dirtyElsewhere)('%s that the commit leaves alone stays as it is', async (_, makeDirty) => {
  makeDirty();
  const status = rig.git('status', '--porcelain');
  expect(expectValue(await advance())).toEqual({ status: 'updated' });
  expect(rig.git('status', '--porcelain')).toBe(status);
  expect(rig.git('rev-parse', 'main')).toBe(next);
  expect(readFileSync(join(rig.path, 'catalog/new.json'), 'utf8')).toBe('new');
});

test.each([...dirtyHere, ...dirtyElsewhere])('is known beforehand: %s', async (_, makeDirty) => {
  expectValue(await git.checkBranch('main', 'catalog'));
  makeDirty();
  const status = rig.git('status', '--porcelain');
  expect(expectDiagnostic(await git.checkBranch('main', 'catalog')).code).toBe('SK2111');
  expectUntouched(status);
});

test('branches that nobody has checked out, or that are not there, need no look', async () => {
  rig.git('branch', 'records', first);
  rig.write('catalog/mine.txt', 'mine');
  expectValue(await git.checkBranch('records', 'catalog'));
  expectValue(await git.checkBranch('nowhere', 'catalog'));
});

test('an ignored file where a record goes is not overwritten', async () => {
  writeFileSync(join(rig.path, '.git/info/exclude'), 'new.json\n');
  rig.write('catalog/new.json', 'precious');
  expect(expectDiagnostic(await advance()).code).toBe('SK2111');
  expect(readFileSync(join(rig.path, 'catalog/new.json'), 'utf8')).toBe('precious');
  expectUntouched();
});

test('an index that another process holds is respected', async () => {
  const lock = join(rig.path, '.git/index.lock');
  writeFileSync(lock, '');
  const diagnostic = expectDiagnostic(await advance());
  expect(diagnostic).toMatchObject({ code: 'SK2112', failure: 'transient' });
  expect(diagnostic.hint).toContain(lock);
  expect(existsSync(lock)).toBe(true);
  rmSync(lock);
  expectUntouched();
});

test('a branch that moved is not moved again', async () => {
  const other = rig.commit('mine', { 'README.md': 'mine\n' });
  expect(expectValue(await advance())).toMatchObject({ status: 'raced' });
  expect(rig.git('rev-parse', 'main')).toBe(other);
  expect(rig.git('status', '--porcelain')).toBe('');
});

test('a branch whose lock is held stays, with files and index as they were', async () => {
  writeFileSync(join(rig.path, '.git/refs/heads/main.lock'), '');
  expect(expectValue(await advance())).toMatchObject({ status: 'raced' });
  expectUntouched();
  expect(existsSync(join(rig.path, 'catalog/new.json'))).toBe(false);
});

test('a lock on HEAD is a race too', async () => {
  writeFileSync(join(rig.path, '.git/HEAD.lock'), '');
  expect(expectValue(await advance())).toMatchObject({ status: 'raced' });
  expectUntouched();
});

test('the second work tree on the branch being dirty leaves the first alone', async () => {
  rig.git('worktree', 'add', '--quiet', '--force', '../second', 'main');
  rig.write('../second/catalog/new.json', 'mine');
  expect(expectDiagnostic(await advance()).message).toContain('second');
  expectUntouched();
  rmSync(join(rig.path, '../second/catalog/new.json'));
  expect(expectValue(await advance())).toEqual({ status: 'updated' });
  expect(rig.git('-C', '../second', 'status', '--porcelain')).toBe('');
  expect(rig.git('status', '--porcelain')).toBe('');
});

test('a branch that nobody has checked out just moves', async () => {
  rig.git('branch', 'records', first);
  rig.write('catalog/mine.txt', 'mine');
  expect(expectValue(await advance('refs/heads/records'))).toEqual({ status: 'updated' });
  expect(rig.git('rev-parse', 'records')).toBe(next);
  expectUntouched('?? catalog/mine.txt');
});

test('a branch that is checked out in a second work tree moves there', async () => {
  rig.git('worktree', 'add', '--quiet', '../second tree', '-b', 'records');
  const second = join(rig.path, '../second tree');
  expect(expectValue(await advance('records'))).toEqual({ status: 'updated' });
  expect(readFileSync(join(second, 'catalog/new.json'), 'utf8')).toBe('new');
  expect(rig.git('-C', second, 'status', '--porcelain')).toBe('');
  expectUntouched();

  rig.write('../second tree/catalog/new.json', 'mine');
  const third = await record(next, { 'catalog/new.json': 'newer' });
  const diagnostic = expectDiagnostic(await advance('records', next, third));
  expect([diagnostic.code, diagnostic.message]).toEqual(['SK2111', expect.stringContaining('second tree')]);
});

test('a work tree whose folder is gone is no hindrance', async () => {
  rig.git('worktree', 'add', '--quiet', '../second', '-b', 'records');
  rmSync(join(rig.path, '../second'), { recursive: true });
  expect(expectValue(await advance('records'))).toEqual({ status: 'updated' });
});

test('a bare repository has refs alone', async () => {
  const bare = rig.clone('--bare');
  const bareGit = await openTestRepository(bare);
  bare.git('fetch', '--quiet', rig.path, next);
  expect(expectValue(await bareGit.advanceBranch('main', first, next, 'catalog'))).toEqual({
    status: 'updated',
  });
  expect(bare.git('rev-parse', 'main')).toBe(next);
  await bareGit[Symbol.asyncDispose]();
});

test('a branch that is not there yet is made, and only if it is not there', async () => {
  expect(expectValue(await git.advanceBranch('records', undefined, next, 'catalog'))).toEqual({
    status: 'updated',
  });
  expect(rig.git('rev-parse', 'records')).toBe(next);
  expect(expectValue(await git.advanceBranch('records', undefined, next, 'catalog'))).toMatchObject({
    status: 'raced',
  });
});

test('an unborn branch that is checked out gets its first commit', async () => {
  const empty = createGitRepository();
  const emptyGit = await openTestRepository(empty);
  const id = expectValue(
    await emptyGit.writeCommit({
      parent: undefined,
      changes: new Map([['catalog/a', Buffer.from('a')]]),
      message: 'm',
      author: { name: 'n', email: 'e' },
      at: 1,
    }),
  );
  expect(
    expectValue(await emptyGit.advanceBranch('main', undefined, asCommitId(id ?? ''), 'catalog')),
  ).toEqual({ status: 'updated' });
  expect(empty.git('status', '--porcelain')).toBe('');
  expect(existsSync(join(empty.path, 'catalog/a'))).toBe(true);
  await emptyGit[Symbol.asyncDispose]();
  empty[Symbol.dispose]();
});

test('commits that change more than the folder are left to the user', async () => {
  const more = await record(first, { 'README.md': 'theirs\n', 'catalog/new.json': 'new' });
  const diagnostic = expectDiagnostic(await advance('main', first, more));
  expect([diagnostic.code, diagnostic.message]).toEqual(['SK2115', expect.stringContaining('README.md')]);
  expectUntouched();
});

test.each(['-x', 'a..b', 'a b', '', 'a.lock', 'a\nb', '@{-1}'])(
  'branch name %j is refused',
  async (branch) => {
    expect(expectDiagnostic(await advance(branch)).code).toBe('SK2014');
  },
);

test('no filter of the configuration runs for the records', async () => {
  const trap = join(rig.path, '../trap');
  writeFileSync(trap, `#!/bin/sh\ntouch '${trap}-sprung'\ncat\n`, { mode: 0o755 });
  rig.commit('attributes', { '.gitattributes': '* filter=evil\n' });
  first = asCommitId(rig.git('rev-parse', 'HEAD'));
  next = await record(first, { 'catalog/new.json': 'new' });
  for (const key of ['clean', 'smudge', 'process']) {
    rig.git('config', `filter.evil.${key}`, trap);
  }
  rig.git('config', 'filter.evil.required', 'true');
  rig.git('config', 'core.fsmonitor', trap);
  mkdirSync(join(rig.path, '.git/hooks'), { recursive: true });
  for (const hook of ['post-index-change', 'reference-transaction', 'post-checkout']) {
    rig.hook(hook, `#!/bin/sh\ntouch '${trap}-sprung'\n`);
  }
  utimesSync(join(rig.path, 'catalog/old.json'), 1, 1);
  expect(expectValue(await advance())).toEqual({ status: 'updated' });
  expect(existsSync(`${trap}-sprung`)).toBe(false);
  expect(readFileSync(join(rig.path, 'catalog/new.json'), 'utf8')).toBe('new');
});
