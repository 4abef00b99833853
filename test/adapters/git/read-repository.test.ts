import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, expect, test } from 'vitest';
import type { GitRepository } from '../../../src/adapters/git/git.ts';
import { asCommitId, asObjectId } from '../../../src/adapters/git/object-format.ts';
import { openRepository } from '../../../src/adapters/git/open-repository.ts';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import { expectDiagnostic, expectValue } from '../../rig/expect-result.ts';
import {
  createGitRepository,
  type GitRepositoryOptions,
  type GitRepositoryRig,
  gitTestEnvironment,
} from '../../rig/git-repository.ts';
import { openTestRepository } from '../../rig/open-test-repository.ts';

const opened: (Disposable | AsyncDisposable)[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) {
    if (Symbol.asyncDispose in each) {
      await each[Symbol.asyncDispose]();
    } else {
      each[Symbol.dispose]();
    }
  }
});

function make(options?: GitRepositoryOptions): GitRepositoryRig {
  const rig = createGitRepository(options);
  opened.push(rig);
  return rig;
}

async function open(rig: GitRepositoryRig): Promise<GitRepository> {
  const git = await openTestRepository(rig);
  opened.push(git);
  return git;
}

function openAt(path: string, environment: Record<string, string> = gitTestEnvironment()) {
  return openRepository({ path, environment, processes: createProcessRunner() });
}

test.each(['sha1', 'sha256'] as const)(
  'reads commits, trees and blobs of a %s repository',
  async (objectFormat) => {
    const rig = make({ objectFormat });
    const first = rig.commit('first', { 'specs/a.yaml': 'a: 1\n', 'z.txt': 'z' });
    rig.write('run.sh', '#!/bin/sh\n', 0o755);
    rig.link('specs/link', '../z.txt');
    const second = rig.commit('second');
    const git = await open(rig);

    expect(git.objectFormat).toBe(objectFormat);
    expect(git.workTree).toBe(rig.path);
    expect(git.gitDirectory).toBe(join(rig.path, '.git'));
    expect(await git.head()).toEqual({ branch: 'refs/heads/main', commit: second });
    const head = expectValue(await git.resolveCommit('HEAD'));
    expect(head).toBe(second);
    const listed = expectValue(await git.listTree(head, []));
    expect(listed.map(({ path, mode, sizeBytes }) => [path, mode, sizeBytes])).toEqual([
      ['run.sh', '100755', 10],
      ['specs/a.yaml', '100644', 5],
      ['specs/link', '120000', 8],
      ['z.txt', '100644', 1],
    ]);
    expect(expectValue(await git.listTree(head, ['specs', 'nowhere'])).map(({ path }) => path)).toEqual([
      'specs/a.yaml',
      'specs/link',
    ]);
    const blob = await git.objectAt(head, 'specs/a.yaml');
    expect(blob).toBe(rig.git('rev-parse', 'HEAD:specs/a.yaml'));
    expect(await git.objectAt(head, 'nowhere')).toBeUndefined();
    expect(await git.objectAt(head, '')).toBe(rig.git('rev-parse', 'HEAD^{tree}'));
    expect(Buffer.from(expectValue(await git.readBlob(asObjectId(blob ?? ''), 5))).toString()).toBe('a: 1\n');
    expect(
      expectValue(await git.readFolder(asObjectId(rig.git('rev-parse', 'HEAD^{tree}')))).map(
        ({ name, mode }) => `${mode} ${name}`,
      ),
    ).toEqual(['100755 run.sh', '040000 specs', '100644 z.txt']);
    const commit = expectValue(await git.readCommit(head));
    expect(commit).toMatchObject({
      id: second,
      parents: [first],
      message: 'second\n',
      committedAt: 1767323045,
    });
    expect(expectValue(await git.firstParents(head))).toEqual([second, first]);
    expect(await git.isAncestor(asCommitId(first), head)).toBe(true);
    expect(await git.isAncestor(head, asCommitId(first))).toBe(false);
  },
);

test('sees commits and branches that appear after it was opened', async () => {
  const rig = make();
  rig.commit('first', { a: '1' });
  const git = await open(rig);
  expectValue(await git.resolveCommit('HEAD'));
  rig.git('switch', '--quiet', '-c', 'other');
  const second = rig.commit('second', { a: '2' });
  expect(await git.head()).toEqual({ branch: 'refs/heads/other', commit: second });
  expect(expectValue(await git.resolveCommit('other'))).toBe(second);
});

test('lists first parents down to a commit, and up to a limit', async () => {
  const rig = make();
  const first = rig.commit('1');
  rig.git('switch', '--quiet', '-c', 'side');
  const side = rig.commit('side', { s: 's' });
  rig.git('switch', '--quiet', 'main');
  const second = rig.commit('2', { a: 'a' });
  rig.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'side');
  const merge = rig.git('rev-parse', 'HEAD');
  const git = await open(rig);
  const tip = asCommitId(merge);
  expect(expectValue(await git.firstParents(tip))).toEqual([merge, second, first]);
  expect(expectValue(await git.firstParents(tip, { until: asCommitId(second) }))).toEqual([merge]);
  expect(expectValue(await git.firstParents(tip, { until: asCommitId(side) }))).toEqual([
    merge,
    second,
    first,
  ]);
  expect(expectValue(await git.firstParents(tip, { limit: 2 }))).toEqual([merge, second]);
});

test('answers thousands of questions at once, large and small', async () => {
  const rig = make();
  rig.write('large', Buffer.alloc(3_000_000, 'x'));
  for (let index = 0; index < 300; index += 1) {
    rig.write(`files/${index}`, `content ${index}\n`.repeat(index));
  }
  const head = asCommitId(rig.commit('files'));
  const git = await open(rig);
  const entries = expectValue(await git.listTree(head, []));
  const contents = await Promise.all(
    [...entries, ...entries].map((entry) => git.readBlob(entry.id, 4_000_000)),
  );
  expect(contents.map((content) => expectValue(content).length)).toEqual(
    [...entries, ...entries].map((entry) => entry.sizeBytes),
  );
});

test('reads a bare repository', async () => {
  const rig = make();
  const commit = rig.commit('first', { a: 'a' });
  const bare = rig.clone('--bare');
  const git = await open(bare);
  expect(git.workTree).toBeUndefined();
  expect(await git.head()).toEqual({ branch: 'refs/heads/main', commit });
  expect(expectDiagnostic(await git.listWorktree()).code).toBe('SK2012');
});

test('opens from a folder inside, from the git directory and from a second work tree', async () => {
  const rig = make();
  rig.commit('first', { 'a/b/c': 'c' });
  rig.git('worktree', 'add', '--quiet', '../second', '-b', 'second');
  const inside = expectValue(await openAt(join(rig.path, 'a/b')));
  expect(inside.workTree).toBe(rig.path);
  const second = expectValue(await openAt(join(rig.path, '../second')));
  opened.push(inside, second);
  expect(second.gitDirectory).toBe(join(rig.path, '.git'));
  expect((await second.head()).branch).toBe('refs/heads/second');
  const gitDirectory = expectValue(await openAt(join(rig.path, '.git')));
  opened.push(gitDirectory);
  expect(gitDirectory.workTree).toBeUndefined();
});

test('a detached HEAD has a commit and no branch', async () => {
  const rig = make();
  const commit = rig.commit('first', { a: 'a' });
  rig.git('checkout', '--quiet', '--detach');
  expect(await (await open(rig)).head()).toEqual({ commit });
});

test('a repository without commits is named as that', async () => {
  const git = await open(make());
  expect(await git.head()).toEqual({ branch: 'refs/heads/main' });
  expect(expectDiagnostic(await git.resolveCommit('HEAD')).code).toBe('SK2005');
});

test.each([
  ['nowhere', 'SK2006'],
  ['', 'SK2007'],
  ['-h', 'SK2007'],
  ['--upload-pack=touch /tmp/x', 'SK2007'],
  ['HEAD\ncontents HEAD', 'SK2007'],
  ['HEAD:a', 'SK2006'],
])('revision %j is refused', async (revision, code) => {
  const rig = make();
  rig.commit('first', { a: 'a' });
  expect(expectDiagnostic(await (await open(rig)).resolveCommit(revision)).code).toBe(code);
});

test('a short id that fits two objects is ambiguous', async () => {
  const rig = make();
  const ids = new Map<string, string>();
  const head = rig.commit('base', { a: 'a' });
  const tree = rig.git('rev-parse', 'HEAD^{tree}');
  let prefix = '';
  for (let index = 0; prefix === ''; index += 1) {
    const id = rig.git('commit-tree', '-m', `try ${index}`, '-p', head, tree);
    prefix = ids.has(id.slice(0, 4)) ? id.slice(0, 4) : '';
    ids.set(id.slice(0, 4), id);
  }
  expect(expectDiagnostic(await (await open(rig)).resolveCommit(prefix)).code).toBe('SK2008');
}, 60_000);

test('folders outside any repository, and folders that are not there, are named', async () => {
  const rig = make();
  const outside = join(rig.path, '..');
  expect(expectDiagnostic(await openAt(outside)).code).toBe('SK2001');
  expect(expectDiagnostic(await openAt(join(outside, 'nowhere'))).code).toBe('SK2001');
});

test('a missing git program is named', async () => {
  const rig = make();
  expect(
    expectDiagnostic(await openAt(rig.path, { ...gitTestEnvironment(), PATH: '/nonexistent' })).code,
  ).toBe('SK2003');
});

test('a blob beyond the limit is not read', async () => {
  const rig = make();
  const head = asCommitId(rig.commit('first', { a: '123456' }));
  const git = await open(rig);
  const id = await git.objectAt(head, 'a');
  expect(expectDiagnostic(await git.readBlob(asObjectId(id ?? ''), 5)).code).toBe('SK2010');
});

test('a missing object is named, and the repository goes on answering', async () => {
  const rig = make();
  const head = asCommitId(rig.commit('first', { a: 'a' }));
  const git = await open(rig);
  expect(expectDiagnostic(await git.readBlob(asObjectId('1'.repeat(40)), 10)).code).toBe('SK2009');
  expect(expectDiagnostic(await git.listTree(asCommitId('1'.repeat(40)), [])).code).toBe('SK2009');
  expect(expectDiagnostic(await git.firstParents(asCommitId('1'.repeat(40)))).code).toBe('SK2009');
  expect(expectValue(await git.listTree(head, []))).toHaveLength(1);
});

test('a damaged object is named, and the repository goes on answering', async () => {
  const rig = make();
  const head = asCommitId(rig.commit('first', { a: 'a', b: 'b' }));
  const git = await open(rig);
  const id = asObjectId((await git.objectAt(head, 'a')) ?? '');
  const file = join(rig.path, '.git/objects', id.slice(0, 2), id.slice(2));
  rmSync(file);
  writeFileSync(file, 'not an object');
  const answers = await Promise.all([git.readBlob(id, 10), git.objectAt(head, 'b')]);
  expect(expectDiagnostic(answers[0]).code).toMatch(/SK2004|SK2009/);
  expect(await git.objectAt(head, 'b')).toBe(rig.git('rev-parse', 'HEAD:b'));
});

test('a shallow clone says so where its history ends', async () => {
  const rig = make();
  rig.commit('first', { a: '1' });
  const second = asCommitId(rig.commit('second', { a: '2' }));
  const shallow = rig.clone('--no-local', '--depth=1');
  const git = await open(shallow);
  const diagnostic = expectDiagnostic(await git.firstParents(second));
  expect(diagnostic.code).toBe('SK2009');
  expect(diagnostic.message).toContain('shallow clone');
  expect(expectValue(await git.firstParents(second, { limit: 1 }))).toEqual([second]);
});

test('a partial clone is never filled by reading', async () => {
  const rig = make();
  rig.git('config', 'uploadpack.allowFilter', 'true');
  const first = asCommitId(rig.commit('first', { a: 'the old text' }));
  rig.commit('second', { a: 'the new text' });
  const partial = rig.clone('--no-local', '--filter=blob:none');
  const git = await open(partial);
  expect(expectValue(await git.listTree(asCommitId(rig.git('rev-parse', 'HEAD')), []))).toHaveLength(1);
  const diagnostic = expectDiagnostic(await git.listTree(first, []));
  expect([diagnostic.code, diagnostic.message]).toEqual(['SK2009', expect.stringContaining('partial clone')]);
  const old = rig.git('rev-parse', `${first}:a`);
  expect(expectDiagnostic(await git.readBlob(asObjectId(old), 100)).code).toBe('SK2009');
  expect(partial.git('rev-list', '--objects', '--all', '--missing=print')).toContain(`?${old}`);
});

test("the repository's own configuration starts no program while reading", async () => {
  const rig = make();
  const head = asCommitId(rig.commit('first', { a: 'a', '.gitattributes': '* filter=evil diff=evil\n' }));
  const trap = join(rig.path, '../trap');
  writeFileSync(trap, `#!/bin/sh\ntouch ${trap}-sprung\n`, { mode: 0o755 });
  for (const key of [
    'core.fsmonitor',
    'core.pager',
    'core.editor',
    'filter.evil.clean',
    'filter.evil.smudge',
    'diff.evil.textconv',
  ]) {
    rig.git('config', key, trap);
  }
  rig.write('a', 'changed');
  const git = await open(rig);
  expectValue(await git.listTree(head, []));
  expectValue(await git.listWorktree());
  expectValue(await git.resolveCommit('HEAD'));
  expect(() => rmSync(`${trap}-sprung`)).toThrow();
});

test('replacement objects change nothing', async () => {
  const rig = make();
  const first = rig.commit('first', { a: '1' });
  const second = rig.commit('second', { a: '2' });
  rig.git('replace', second, first);
  expect(expectValue(await (await open(rig)).readCommit(asCommitId(second))).message).toBe('second\n');
});

test.runIf(process.getuid?.() === 0)("another user's repository needs safe.directory", async () => {
  const rig = make();
  rig.commit('first', { a: 'a' });
  chownSync(rig.path, 12345, 12345);
  chownSync(join(rig.path, '.git'), 12345, 12345);
  const refused = expectDiagnostic(await openAt(rig.path));
  expect(refused.code).toBe('SK2002');
  expect(refused.hint).toContain(`safe.directory '${rig.path}'`);

  const home = join(rig.path, '../home');
  mkdirSync(home);
  writeFileSync(join(home, '.gitconfig'), `[safe]\n\tdirectory = ${rig.path}\n`);
  const { GIT_CONFIG_GLOBAL: _, ...environment } = gitTestEnvironment();
  const git = expectValue(await openAt(rig.path, { ...environment, HOME: home }));
  opened.push(git);
  expectValue(await git.resolveCommit('HEAD'));

  writeFileSync(join(home, '.gitconfig'), '[safe]\n\tdirectory = /elsewhere\n');
  expect(expectDiagnostic(await openAt(rig.path, { ...environment, HOME: home })).code).toBe('SK2002');
});
