import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CommitId, GitRepository } from '../../../src/adapters/git/git.ts';
import { asCommitId } from '../../../src/adapters/git/object-format.ts';
import { openRepository } from '../../../src/adapters/git/open-repository.ts';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import { expectDiagnostic, expectValue } from '../../rig/expect-result.ts';
import { createGitRepository, type GitRepositoryRig, gitTestEnvironment } from '../../rig/git-repository.ts';
import { openTestRepository } from '../../rig/open-test-repository.ts';

let remote: GitRepositoryRig;
let rig: GitRepositoryRig;
let git: GitRepository;
let first: CommitId;

beforeEach(async () => {
  remote = createGitRepository({ bare: true });
  rig = remote.clone();
  first = asCommitId(rig.commit('first', { 'README.md': 'read me\n' }));
  rig.git('push', '--quiet', 'origin', 'main');
  git = await openTestRepository(rig);
});

afterEach(async () => {
  await git[Symbol.asyncDispose]();
  remote[Symbol.dispose]();
});

async function record(parent: CommitId, text: string): Promise<CommitId> {
  const id = expectValue(
    await git.writeCommit({
      parent,
      changes: new Map([['catalog/new.json', Buffer.from(text)]]),
      message: 'records',
      author: { name: 'Engine', email: 'engine@example.org' },
      at: 1767323045,
    }),
  );
  return asCommitId(id ?? '');
}

function pushedByOthers(): CommitId {
  const other = remote.clone();
  const commit = other.commit('theirs', { 'theirs.txt': 'x' });
  other.git('push', '--quiet', 'origin', 'main');
  return asCommitId(commit);
}

test('pushes to the branch, and moves no local one', async () => {
  const next = await record(first, 'new');
  expect(expectValue(await git.pushBranch('origin', 'main', first, next))).toEqual({ status: 'updated' });
  expect(remote.git('rev-parse', 'main')).toBe(next);
  expect(rig.git('rev-parse', 'main')).toBe(first);
  expect(rig.git('rev-parse', 'origin/main')).toBe(next);
  expect(rig.git('status', '--porcelain')).toBe('');
});

test('a push onto a moved branch is a lost race', async () => {
  const theirs = pushedByOthers();
  const next = await record(first, 'new');
  expect(expectValue(await git.pushBranch('origin', 'main', first, next))).toMatchObject({ status: 'raced' });
  expect(remote.git('rev-parse', 'main')).toBe(theirs);
  expect(expectValue(await git.fetchBranch('origin', 'main'))).toBe(theirs);
  const again = await record(theirs, 'new');
  expect(expectValue(await git.pushBranch('origin', 'refs/heads/main', theirs, again))).toEqual({
    status: 'updated',
  });
});

test('a branch that must not be there is pushed once', async () => {
  const next = await record(first, 'new');
  expect(expectValue(await git.pushBranch('origin', 'records', undefined, next))).toEqual({
    status: 'updated',
  });
  expect(
    expectValue(await git.pushBranch('origin', 'records', undefined, await record(first, 'other'))),
  ).toMatchObject({ status: 'raced' });
  expect(expectValue(await git.fetchBranch('origin', 'records'))).toBe(next);
});

test('a branch that the remote does not have is nothing', async () => {
  expect(expectValue(await git.fetchBranch('origin', 'nowhere'))).toBeUndefined();
});

test('fetching moves the remote-tracking branch alone', async () => {
  const theirs = pushedByOthers();
  expect(expectValue(await git.fetchBranch('origin', 'main'))).toBe(theirs);
  expect(rig.git('rev-parse', 'main')).toBe(first);
  expect(rig.git('rev-parse', 'origin/main')).toBe(theirs);
  expect(existsSync(join(rig.path, '.git/FETCH_HEAD'))).toBe(false);
});

test('a hook that declines is named with its own words', async () => {
  remote.hook('pre-receive', '#!/bin/sh\necho "records need a ticket" >&2\nexit 1\n');
  const diagnostic = expectDiagnostic(
    await git.pushBranch('origin', 'main', first, await record(first, 'new')),
  );
  expect(diagnostic).toMatchObject({ code: 'SK2107', failure: 'stalled' });
  expect(diagnostic.message).toContain('records need a ticket');
});

test('hooks of the local repository do not run', async () => {
  rig.hook('pre-push', '#!/bin/sh\nexit 1\n');
  rig.hook('reference-transaction', '#!/bin/sh\nexit 1\n');
  expect(expectValue(await git.pushBranch('origin', 'main', first, await record(first, 'new')))).toEqual({
    status: 'updated',
  });
});

test('a remote that is gone is named', async () => {
  renameSync(remote.path, `${remote.path}-moved`);
  expect(expectDiagnostic(await git.fetchBranch('origin', 'main')).code).toBe('SK2101');
  renameSync(`${remote.path}-moved`, remote.path);
});

test('a remote that answers nothing is left after its time', async () => {
  const silent = join(rig.path, '../silent-ssh');
  writeFileSync(silent, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
  rig.git('config', 'core.sshCommand', silent);
  rig.git('remote', 'add', 'silent', 'ssh://host.invalid/x.git');
  expect(expectDiagnostic(await git.fetchBranch('silent', 'main', { timeoutMs: 300 }))).toMatchObject({
    code: 'SK2104',
    failure: 'timed-out',
  });
});

test('ssh never asks', async () => {
  const log = join(rig.path, '../ssh-log');
  const fake = join(rig.path, '../fake-ssh');
  writeFileSync(
    fake,
    `#!/bin/sh\necho "$@" > '${log}'\necho 'git@host: Permission denied (publickey).' >&2\nexit 255\n`,
    { mode: 0o755 },
  );
  rig.git('config', 'core.sshCommand', `${fake} -i key`);
  rig.git('remote', 'add', 'ssh', 'git@host.invalid:x.git');
  expect(expectDiagnostic(await git.fetchBranch('ssh', 'main')).code).toBe('SK2108');
  expect(readFileSync(log, 'utf8')).toContain('-i key -o BatchMode=yes');
});

test.each([
  '-evil',
  '--upload-pack=touch sprung',
  'ext::sh -c "touch sprung"',
  'git://host.invalid/x.git',
  'http://host.invalid/x.git',
  'ssh://-oProxyCommand=touch sprung/x',
  'user@-oProxyCommand=x:y',
  'fd::17',
])('remote address %j is refused before git sees it', async (url) => {
  rig.git('config', 'remote.evil.url', url);
  expect(expectDiagnostic(await git.fetchBranch('evil', 'main')).code).toBe('SK2102');
  expect(expectDiagnostic(await git.pushBranch('evil', 'main', first, first)).code).toBe('SK2102');
  expect(existsSync(join(rig.path, 'sprung'))).toBe(false);
});

test('a rewritten address cannot bring another transport in', async () => {
  rig.git('config', 'url.ext::sh -c touch% sprung% .insteadOf', 'https://host.invalid/');
  rig.git('config', 'remote.evil.url', 'https://host.invalid/x');
  expect(expectDiagnostic(await git.fetchBranch('evil', 'main')).code).toBe('SK2102');
  expect(existsSync(join(rig.path, 'sprung'))).toBe(false);
});

test.each(['--upload-pack=x', '-o', 'a b', ''])('remote name %j is refused', async (name) => {
  expect(expectDiagnostic(await git.fetchBranch(name, 'main')).code).toBe('SK2014');
});

test.each(['--force', '-d', 'main:refs/heads/other', '+main'])(
  'branch name %j is refused or taken as a name',
  async (branch) => {
    const before = remote.git('for-each-ref');
    const fetched = await git.fetchBranch('origin', branch);
    if (fetched.ok) {
      expect(fetched.value).toBeUndefined();
    } else {
      expect(expectDiagnostic(fetched).code).toBe('SK2014');
    }
    expect(remote.git('for-each-ref')).toBe(before);
  },
);

test('a remote that is not configured is named', async () => {
  expect(expectDiagnostic(await git.fetchBranch('upstream', 'main')).code).toBe('SK2101');
});

test("the default remote is the one that HEAD's branch follows, else origin", async () => {
  expect(await git.defaultRemote()).toBe('origin');
  rig.git('remote', 'add', 'upstream', remote.path);
  rig.git('config', 'branch.main.remote', 'upstream');
  expect(await git.defaultRemote()).toBe('upstream');
  rig.git('config', 'branch.main.remote', '.');
  expect(await git.defaultRemote()).toBe('origin');
  rig.git('remote', 'remove', 'origin');
  expect(await git.defaultRemote()).toBeUndefined();
});

test.runIf(process.getuid?.() === 0)("another user's remote in a folder needs safe.directory", async () => {
  chownSync(remote.path, 12345, 12345);
  expect(expectDiagnostic(await git.fetchBranch('origin', 'main')).code).toBe('SK2002');
  const home = join(rig.path, '../home');
  mkdirSync(home);
  writeFileSync(
    join(home, '.gitconfig'),
    `[safe]\n\tdirectory = ${remote.path}\n[core]\n\thooksPath = /nowhere\n`,
  );
  const { GIT_CONFIG_GLOBAL: _, ...environment } = gitTestEnvironment();
  const options = {
    path: rig.path,
    environment: { ...environment, HOME: home },
    processes: createProcessRunner(),
  };
  const trusting = expectValue(await openRepository(options));
  expect(expectValue(await trusting.fetchBranch('origin', 'main'))).toBe(first);
  await trusting[Symbol.asyncDispose]();
});

test('works with a sha256 remote', async () => {
  const bare = createGitRepository({ bare: true, objectFormat: 'sha256' });
  const clone = createGitRepository({ objectFormat: 'sha256' });
  const base = asCommitId(clone.commit('first', { a: 'a' }));
  clone.git('remote', 'add', 'origin', bare.path);
  clone.git('push', '--quiet', 'origin', 'main');
  const cloneGit = await openTestRepository(clone);
  const id = expectValue(
    await cloneGit.writeCommit({
      parent: base,
      changes: new Map([['catalog/a', Buffer.from('a')]]),
      message: 'm',
      author: { name: 'n', email: 'e' },
      at: 1,
    }),
  );
  expect(expectValue(await cloneGit.pushBranch('origin', 'main', base, asCommitId(id ?? '')))).toEqual({
    status: 'updated',
  });
  await cloneGit[Symbol.asyncDispose]();
  bare[Symbol.dispose]();
  clone[Symbol.dispose]();
});

test('a lease file left at the remote is a race, not an end', async () => {
  mkdirSync(join(remote.path, 'refs/heads'), { recursive: true });
  writeFileSync(join(remote.path, 'refs/heads/main.lock'), '');
  expect(
    expectValue(await git.pushBranch('origin', 'main', first, await record(first, 'new'))),
  ).toMatchObject({ status: 'raced' });
  rmSync(join(remote.path, 'refs/heads/main.lock'));
});
