import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FileChanges, GitRepository, NewCommit } from '../../../src/adapters/git/git.ts';
import { asCommitId, type ObjectFormat } from '../../../src/adapters/git/object-format.ts';
import { expectCodes, expectDiagnostic, expectValue } from '../../rig/expect-result.ts';
import { createGitRepository, type GitRepositoryRig } from '../../rig/git-repository.ts';
import { openTestRepository } from '../../rig/open-test-repository.ts';

let rig: GitRepositoryRig;
let git: GitRepository;

beforeEach(() => start('sha1'));
afterEach(() => stop());

async function start(objectFormat: ObjectFormat): Promise<void> {
  rig = createGitRepository({ objectFormat });
  rig.commit('first', {
    'README.md': 'read me\n',
    'catalog/old.json': '{}',
    'catalog/images/ab/x/1.json': '1',
  });
  git = await openTestRepository(rig);
}

async function stop(): Promise<void> {
  await git[Symbol.asyncDispose]();
  rig[Symbol.dispose]();
}

function changes(files: Readonly<Record<string, string | null>>): FileChanges {
  return new Map(
    Object.entries(files).map(([path, text]) => [path, text === null ? null : Buffer.from(text)]),
  );
}

function newCommit(files: Readonly<Record<string, string | null>>, more: Partial<NewCommit> = {}): NewCommit {
  return {
    parent: asCommitId(rig.git('rev-parse', 'HEAD')),
    changes: changes(files),
    message: 'record a run\n\nRun: r1\n',
    author: { name: 'Engine <evil>\n', email: 'engine@example.org' },
    at: 1767323045,
    ...more,
  };
}

test.each(['sha1', 'sha256'] as const)('git takes the commits of a %s repository', async (objectFormat) => {
  await stop();
  await start(objectFormat);
  const files = {
    'catalog/images/cd/y/1.json': '{"y":1}',
    'catalog/old.json': null,
    'catalog/images/ab/x/1.json': '2',
  };
  const id = expectValue(await git.writeCommit(newCommit(files))) ?? '';
  rig.git('fsck', '--strict', '--no-dangling');
  expect(rig.git('ls-tree', '-r', '--name-only', id).split('\n')).toEqual([
    'README.md',
    'catalog/images/ab/x/1.json',
    'catalog/images/cd/y/1.json',
  ]);
  expect(rig.show(id, 'catalog/images/ab/x/1.json')).toBe('2');
  expect(rig.git('log', '-1', '--format=%an|%ae|%aI|%cI|%s|%(trailers:key=Run,valueonly)', id)).toBe(
    'Engine evil|engine@example.org|2026-01-02T03:04:05+00:00|2026-01-02T03:04:05+00:00|record a run|r1',
  );
  expect(rig.git('rev-parse', `${id}^`)).toBe(rig.git('rev-parse', 'HEAD'));
  expect(rig.git('status', '--porcelain')).toBe('');
});

test('the same commit made by git has the same id', async () => {
  const id = expectValue(
    await git.writeCommit(newCommit({ 'catalog/a.json': 'a', 'catalog/old.json': null })),
  );
  rig.write('catalog/a.json', 'a');
  rig.git('rm', '--quiet', 'catalog/old.json');
  rig.git('add', 'catalog/a.json');
  rig.git(
    '-c',
    'user.name=x',
    'commit',
    '--quiet',
    '--author=Engine evil <engine@example.org>',
    '-m',
    'record a run\n\nRun: r1',
  );
  const made = rig.git('rev-parse', 'HEAD');
  expect(rig.git('rev-parse', `${id}^{tree}`)).toBe(rig.git('rev-parse', `${made}^{tree}`));
});

test('changes that change nothing make no commit', async () => {
  expect(expectValue(await git.writeCommit(newCommit({})))).toBeUndefined();
  expect(
    expectValue(await git.writeCommit(newCommit({ 'catalog/old.json': '{}', 'catalog/nowhere.json': null }))),
  ).toBeUndefined();
});

test('a first commit has no parent', async () => {
  const id = expectValue(await git.writeCommit(newCommit({ 'catalog/a': 'a' }, { parent: undefined }))) ?? '';
  expect(rig.git('rev-list', '--count', id)).toBe('1');
  expect(rig.git('ls-tree', '-r', '--name-only', id)).toBe('catalog/a');
});

test('a link in the place of the catalog is not written through', async () => {
  rmSync(join(rig.path, 'catalog'), { recursive: true });
  rig.link('catalog', '/tmp');
  rig.commit('link');
  expect(expectCodes(await git.writeCommit(newCommit({ 'catalog/a': 'a' })))).toEqual(['SK2114']);
});

test('a thousand files are written at once, empty ones and large ones too', async () => {
  const files: Record<string, string> = { 'catalog/empty': '', 'catalog/large': 'x'.repeat(5_000_000) };
  for (let index = 0; index < 1000; index += 1) {
    files[`catalog/images/${index % 16}/${index}/image.json`] = `{"index":${index}}`;
  }
  const id = expectValue(await git.writeCommit(newCommit(files))) ?? '';
  rig.git('fsck', '--strict', '--no-dangling');
  expect(rig.git('ls-tree', '-r', '--name-only', id).split('\n')).toHaveLength(1005);
  expect(rig.git('cat-file', '-s', `${id}:catalog/large`)).toBe('5000000');
});

test.each(['sha1', 'sha256'] as const)(
  'git verifies the signature of a commit in a %s repository',
  async (objectFormat) => {
    await stop();
    await start(objectFormat);
    const folder = mkdtempSync(join(tmpdir(), 'sandkiln-key-'));
    try {
      const key = join(folder, 'key');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'engine', '-f', key]);
      const publicKey = readFileSync(`${key}.pub`, 'utf8');
      writeFileSync(join(folder, 'allowed'), `engine@example.org namespaces="git" ${publicKey}`);
      async function sign(bytes: Uint8Array): Promise<string> {
        return execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', 'git', '-f', key], {
          input: bytes,
          encoding: 'utf8',
        });
      }
      const id = expectValue(await git.writeCommit(newCommit({ 'catalog/a': 'a' }, { sign }))) ?? '';
      rig.git('fsck', '--strict', '--no-dangling');
      const verified = rig.tryGit(
        '-c',
        `gpg.ssh.allowedSignersFile=${join(folder, 'allowed')}`,
        'verify-commit',
        id,
      );
      expect(verified.stderr).toContain('Good "git" signature for engine@example.org');
      expect(verified.exitCode).toBe(0);

      const commit = expectValue(await git.readCommit(asCommitId(id)));
      expect(commit.message).toBe('record a run\n\nRun: r1\n');
      writeFileSync(join(folder, 'signature'), commit.signature?.armour ?? '');
      execFileSync(
        'ssh-keygen',
        [
          '-Y',
          'verify',
          '-n',
          'git',
          '-I',
          'engine@example.org',
          '-f',
          join(folder, 'allowed'),
          '-s',
          join(folder, 'signature'),
        ],
        { input: commit.signature?.signed, stdio: ['pipe', 'ignore', 'ignore'] },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test('reads the signature of a commit that git signed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandkiln-key-'));
  try {
    const key = join(folder, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'engine', '-f', key]);
    rig.git(
      '-c',
      'gpg.format=ssh',
      '-c',
      `user.signingKey=${key}`,
      'commit',
      '--quiet',
      '--allow-empty',
      '-S',
      '-m',
      'héllo',
    );
    const commit = expectValue(await git.readCommit(asCommitId(rig.git('rev-parse', 'HEAD'))));
    writeFileSync(join(folder, 'allowed'), `ada ${readFileSync(`${key}.pub`, 'utf8')}`);
    writeFileSync(join(folder, 'signature'), commit.signature?.armour ?? '');
    execFileSync(
      'ssh-keygen',
      [
        '-Y',
        'verify',
        '-n',
        'git',
        '-I',
        'ada',
        '-f',
        join(folder, 'allowed'),
        '-s',
        join(folder, 'signature'),
      ],
      { input: commit.signature?.signed, stdio: ['pipe', 'ignore', 'ignore'] },
    );
    expect(commit.message).toBe('héllo\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a few objects are written as git writes them, and nothing else is left in their folder', async () => {
  const before = rig.git('count-objects');
  expectValue(await git.writeCommit(newCommit({ 'catalog/a': 'a' })));
  expect(rig.git('count-objects')).not.toBe(before);
  const files = readdirSync(join(rig.path, '.git/objects'), { recursive: true, encoding: 'utf8' });
  expect(files.filter((name) => name.includes('tmp_'))).toEqual([]);
  rig.git('fsck', '--strict', '--no-dangling');
});

test('in a repository that is shared by mode, git sees to the modes of objects', async () => {
  await stop();
  await start('sha1');
  rig.git('config', 'core.sharedRepository', '0666');
  const id = expectValue(await git.writeCommit(newCommit({ 'catalog/a': 'a' }))) ?? '';
  const { mode } = statSync(join(rig.path, '.git/objects', id.slice(0, 2), id.slice(2)));
  expect(mode & 0o777).toBe(0o444);
  expect(statSync(join(rig.path, '.git/objects', id.slice(0, 2))).mode & 0o777).toBe(0o777);
});

test('an object database that cannot be written to is named by git, and no part of a file stays', async () => {
  for (let first = 0; first < 256; first += 1) {
    const folder = join(rig.path, '.git/objects', first.toString(16).padStart(2, '0'));
    if (!existsSync(folder)) {
      writeFileSync(folder, '');
    }
  }
  const failed = expectDiagnostic(await git.writeCommit(newCommit({ 'catalog/a': 'a', 'catalog/b': 'b' })));
  expect(failed).toMatchObject({ code: 'SK2004', message: expect.stringContaining('storing objects') });
  const files = readdirSync(join(rig.path, '.git/objects'), { recursive: true, encoding: 'utf8' });
  expect(files.filter((name) => name.includes('tmp_'))).toEqual([]);
});

test.each(['.git ', '.git.', 'git~1', 'GIT~1', '.g\u200cit', '.git::$INDEX_ALLOCATION'])(
  'a name that is .git elsewhere is refused: %j',
  async (name) => {
    expect(expectCodes(await git.writeCommit(newCommit({ [`catalog/${name}/x`]: 'x' })))).toEqual(['SK2113']);
  },
);
