import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CommitId, GitRepository } from '../../../src/adapters/git/git.ts';
import { asCommitId } from '../../../src/adapters/git/object-format.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { createGitRepository, type GitRepositoryRig, gitTestEnvironment } from '../../rig/git-repository.ts';
import { openTestRepository } from '../../rig/open-test-repository.ts';

let rig: GitRepositoryRig;
let git: GitRepository;
let first: CommitId;
let next: CommitId;

beforeEach(async () => {
  rig = createGitRepository();
  first = asCommitId(
    rig.commit('first', { 'README.md': 'read me\n', 'catalog/old.json': 'old', 'catalog/gone.json': 'gone' }),
  );
  git = await openTestRepository(rig);
  next = await record({ 'catalog/new.json': 'new', 'catalog/old.json': 'old 2', 'catalog/gone.json': null });
});

afterEach(async () => {
  await git[Symbol.asyncDispose]();
  rig[Symbol.dispose]();
});

async function record(files: Readonly<Record<string, string | null>>): Promise<CommitId> {
  const commit = await git.writeCommit({
    parent: first,
    changes: new Map(
      Object.entries(files).map(([path, text]) => [path, text === null ? null : Buffer.from(text)]),
    ),
    message: 'records',
    author: { name: 'Engine', email: 'engine@example.org' },
    at: 1767323045,
  });
  return asCommitId(expectValue(commit) ?? '');
}

/** Advances the branch in a program of its own, which is killed when it runs a git command of that name. */
async function advanceAndKill(command: string, moment: 'before' | 'after'): Promise<void> {
  const tools = join(rig.path, '../tools');
  mkdirSync(tools);
  const unlocked = join(tools, 'unlocked');
  execFileSync('mkfifo', [unlocked]);
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const kill = 'kill -9 $PPID';
  writeFileSync(
    join(tools, 'git'),
    [
      '#!/bin/sh',
      `case "$1" in`,
      `update-ref) '${git}' "$@"; echo > '${unlocked}' ;;`,
      `${command}) ${moment === 'before' ? `${kill}; exit 1` : `'${git}' "$@"; ${kill}`} ;;`,
      `*) exec '${git}' "$@" ;;`,
      'esac',
      '',
    ].join('\n'),
    { mode: 0o755 },
  );
  const source = join(import.meta.dirname, '../../../src/adapters');
  const program = `
    import { openRepository } from '${source}/git/open-repository.ts';
    import { createProcessRunner } from '${source}/process/child-processes.ts';
    const environment = { ...process.env, PATH: '${tools}:' + process.env.PATH };
    const git = await openRepository({ path: '${rig.path}', environment, processes: createProcessRunner() });
    await git.value.advanceBranch('main', '${first}', '${next}', 'catalog');`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    env: gitTestEnvironment(),
    stdio: 'ignore',
  });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
  // The git process that held the branch's lock waits here until it is read from.
  await readFile(unlocked);
}

function status(): string {
  return rig.git('status', '--porcelain');
}

test.each([
  ['apply', 'before'],
  ['apply', 'after'],
] as const)('killed %s %s, the next run takes up from there', async (command, moment) => {
  await advanceAndKill(command, moment);
  expect(rig.git('rev-parse', 'main')).toBe(first);
  expect(existsSync(join(rig.path, '.git/refs/heads/main.lock'))).toBe(false);
  const other = await record({ 'catalog/new.json': 'newer' });
  expect(expectValue(await git.advanceBranch('main', first, other, 'catalog'))).toEqual({
    status: 'updated',
  });
  expect(status()).toBe('');
  expect(rig.show('main', 'catalog/gone.json')).toBe('gone');
  expect(readFileSync(join(rig.path, 'catalog/new.json'), 'utf8')).toBe('newer');
});

test('a look ahead takes back what the killed run left', async () => {
  await advanceAndKill('apply', 'after');
  expect(status()).not.toBe('');
  expectValue(await git.checkBranch('main', 'catalog'));
  expect(status()).toBe('');
  expect(rig.git('rev-parse', 'main')).toBe(first);
});

test('killed before the branch moves, the next commit of the user takes no record away', async () => {
  await advanceAndKill('apply', 'after');
  rig.write('README.md', 'edited\n');
  rig.git('add', 'README.md');
  rig.git('commit', '--quiet', '-m', 'my own work');
  expect(rig.git('diff', '--name-only', next, 'HEAD')).toBe('README.md');
});

test('killed, then edited by the user: the edits stay and are named', async () => {
  await advanceAndKill('apply', 'after');
  rig.write('catalog/new.json', 'mine');
  expect(expectCodes(await git.advanceBranch('main', first, next, 'catalog'))).toEqual(['SK2111']);
  expect(readFileSync(join(rig.path, 'catalog/new.json'), 'utf8')).toBe('mine');
  rig.git('restore', '--staged', '--worktree', 'catalog');
  rig.git('clean', '--quiet', '-fd', 'catalog');
  expect(expectValue(await git.advanceBranch('main', first, next, 'catalog'))).toEqual({ status: 'updated' });
  expect(status()).toBe('');
});
