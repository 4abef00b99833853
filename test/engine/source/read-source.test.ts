import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { GitRepository } from '../../../src/adapters/git/git.ts';
import { asCommitId } from '../../../src/adapters/git/object-format.ts';
import { readSource } from '../../../src/engine/source/read-source.ts';
import { readWorktreeSource } from '../../../src/engine/source/read-worktree-source.ts';
import { documentLimitBytes, type SourceTree } from '../../../src/engine/source/source-tree.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import type { Result } from '../../../src/model/result.ts';
import { expectCodes, expectDiagnostic, expectValue } from '../../rig/expect-result.ts';
import { createGitRepository, type GitRepositoryRig } from '../../rig/git-repository.ts';
import { openTestRepository } from '../../rig/open-test-repository.ts';

const rigs: GitRepositoryRig[] = [];
const repositories: GitRepository[] = [];

afterEach(async () => {
  for (const git of repositories.splice(0)) {
    await git[Symbol.asyncDispose]();
  }
  for (const rig of rigs.splice(0)) {
    rig[Symbol.dispose]();
  }
});

const desired = {
  'sandkiln.yaml': 'kind: Repository\n',
  'specs/images/a.yaml': 'a\n',
  'specs/images/team/b.yaml': 'b\n',
  'specs.yaml': 'not one\n',
  'profiles/p.yaml': 'p\n',
  'decisions/2026/01/1.json': '{}',
  'trust/1.json': '{}',
  'catalog/head.json': '{}',
  'files/agent': 'agent\n',
  'files/deep/er': 'deeper\n',
};

const desiredPaths = [
  'decisions/2026/01/1.json',
  'profiles/p.yaml',
  'sandkiln.yaml',
  'specs/images/a.yaml',
  'specs/images/team/b.yaml',
  'trust/1.json',
];

/** Loads what stands in the work tree, committed or not. */
type Load = (rig: GitRepositoryRig) => Promise<Result<SourceTree>>;

async function fromCommit(rig: GitRepositoryRig): Promise<Result<SourceTree>> {
  const commit = rig.commit('state');
  const git = await openTestRepository(rig);
  repositories.push(git);
  return readSource(git, asCommitId(commit));
}

async function fromWorktree(rig: GitRepositoryRig): Promise<Result<SourceTree>> {
  const git = await openTestRepository(rig);
  repositories.push(git);
  return readWorktreeSource(git);
}

function make(files: Readonly<Record<string, string>> = desired): GitRepositoryRig {
  const rig = createGitRepository();
  rigs.push(rig);
  for (const [path, content] of Object.entries(files)) {
    rig.write(path, content);
  }
  return rig;
}

const sources: readonly [string, Load][] = [
  ['a commit', fromCommit],
  ['a work tree', fromWorktree],
];

test.each(sources)('%s gives the files of the desired state, sorted', async (_, load) => {
  const rig = make();
  rig.write('specs/images/run', 'x', 0o755);
  const source = expectValue(await load(rig));
  expect(source.files.map((file) => file.path)).toEqual([
    ...desiredPaths.slice(0, 4),
    'specs/images/run',
    ...desiredPaths.slice(4),
  ]);
  expect(source.fileAt('specs/images/run')).toMatchObject({ mode: '100755', sizeBytes: 1 });
  expect(source.fileAt('files/agent')).toMatchObject({ mode: '100644', sizeBytes: 6 });
  expect(source.fileAt('files')).toBeUndefined();
  expect(Buffer.from(expectValue(await source.read('specs/images/a.yaml', 2))).toString()).toBe('a\n');
});

test.each(sources)('%s gives a named file with its digest and bytes', async (_, load) => {
  const source = expectValue(await load(make()));
  const file = expectValue(await source.sourceFile('files/agent', 100));
  expect(file).toMatchObject({
    path: 'files/agent',
    mode: '100644',
    sizeBytes: 6,
    digest: digestOfBytes('agent\n'),
  });
  expect(Buffer.from(expectValue(await file.bytes())).toString()).toBe('agent\n');
  expect(expectValue(source.filesBelow('files')).map(({ path }) => path)).toEqual([
    'files/agent',
    'files/deep/er',
  ]);
  expect(expectCodes(source.filesBelow('files/agent'))).toEqual(['SK2035']);
  expect(expectCodes(source.filesBelow('nowhere'))).toEqual(['SK2035']);
  expect(expectDiagnostic(await source.sourceFile('files', 100)).message).toContain('is a folder');
  expect(expectCodes(await source.sourceFile('nowhere', 100))).toEqual(['SK2035']);
});

test.each(sources)('%s refuses documents beyond the limit without reading them', async (_, load) => {
  const rig = make();
  rig.write('specs/images/huge.yaml', Buffer.alloc(10 * 1024 * 1024, '#'));
  rig.write('specs/images/fits.yaml', Buffer.alloc(documentLimitBytes, '#'));
  const source = expectValue(await load(rig));
  const diagnostic = expectDiagnostic(await source.read('specs/images/huge.yaml', documentLimitBytes));
  expect([diagnostic.code, diagnostic.place?.file]).toEqual(['SK2031', 'specs/images/huge.yaml']);
  expect(expectValue(await source.read('specs/images/fits.yaml', documentLimitBytes))).toHaveLength(
    documentLimitBytes,
  );
});

test.each(sources)('%s with symbolic links among the specs names every one', async (_, load) => {
  const rig = make();
  rig.link('specs/images/link.yaml', 'a.yaml');
  rig.link('profiles/up', '../..');
  expect(expectCodes(await load(rig))).toEqual(['SK2032', 'SK2032']);
});

test.each(sources)('%s whose specs folder is a symbolic link is refused', async (_, load) => {
  const rig = make({ 'elsewhere/a.yaml': 'a\n' });
  rig.link('specs', 'elsewhere');
  expect(expectDiagnostic(await load(rig))).toMatchObject({ code: 'SK2032', place: { file: 'specs' } });
});

test.each(sources)('%s lets no named file leave the repository or pass a link', async (_, load) => {
  const rig = make();
  rig.link('files/out', '/etc');
  rig.link('files/passwd', '/etc/passwd');
  rig.link('linked', 'files');
  const source = expectValue(await load(rig));
  for (const path of [
    '../secret',
    '/etc/passwd',
    'files/../../x',
    'files//agent',
    './files/agent',
    '',
    'files/out/passwd',
    'files/passwd',
    'linked/agent',
    'files\\agent',
    'catalog/head.json',
  ]) {
    expect([path, ...expectCodes(await source.sourceFile(path, 100))]).toEqual([path, 'SK2034']);
  }
  expect(expectCodes(source.filesBelow('files'))).toEqual(['SK2034']);
  expect(expectCodes(source.filesBelow('linked'))).toEqual(['SK2034']);
  expect(expectCodes(source.filesBelow('..'))).toEqual(['SK2034']);
});

test('a commit without files, and one with a catalog alone, have no desired state', async () => {
  const rig = make({ 'catalog/head.json': '{}' });
  expect(expectValue(await fromCommit(rig)).files).toEqual([]);
  expect(expectValue(await fromCommit(make({}))).files).toEqual([]);
});

test('a submodule below specs is refused', async () => {
  const rig = make();
  const commit = rig.commit('state');
  rig.git('update-index', '--add', '--cacheinfo', `160000,${commit},specs/module`);
  rig.git('commit', '--quiet', '-m', 'module');
  const git = await openTestRepository(rig);
  repositories.push(git);
  expect(expectCodes(await readSource(git, asCommitId(rig.git('rev-parse', 'HEAD'))))).toEqual(['SK2033']);
});

test('a work tree shows edits, new files and removals, and nothing that is ignored', async () => {
  const rig = make();
  rig.commit('state', { '.gitignore': 'ignored.yaml\n' });
  rig.write('specs/images/a.yaml', 'edited\n');
  rig.write('specs/images/new.yaml', 'new\n');
  rig.write('specs/images/ignored.yaml', 'ignored\n');
  rmSync(join(rig.path, 'profiles/p.yaml'));
  const source = expectValue(await fromWorktree(rig));
  expect(source.commit).toBeNull();
  expect(source.files.map(({ path }) => path)).toEqual([
    'decisions/2026/01/1.json',
    'sandkiln.yaml',
    'specs/images/a.yaml',
    'specs/images/new.yaml',
    'specs/images/team/b.yaml',
    'trust/1.json',
  ]);
  expect(Buffer.from(expectValue(await source.read('specs/images/a.yaml', 100))).toString()).toBe('edited\n');
});

test('a folder that is replaced by a link after loading is not read through', async () => {
  const rig = make();
  rig.commit('state');
  const source = expectValue(await fromWorktree(rig));
  rmSync(join(rig.path, 'files'), { recursive: true });
  rig.write('../outside/agent', 'agent!');
  symlinkSync('../outside', join(rig.path, 'files'));
  expect(expectCodes(await source.sourceFile('files/agent', 100))).toEqual(['SK2040']);
});

test('a tracked folder that became a link is seen as that link', async () => {
  const rig = make();
  rig.commit('state');
  rmSync(join(rig.path, 'specs'), { recursive: true });
  rig.write('../outside/images/a.yaml', 'outside\n');
  symlinkSync('../outside', join(rig.path, 'specs'));
  expect(expectDiagnostic(await fromWorktree(rig))).toMatchObject({
    code: 'SK2032',
    place: { file: 'specs' },
  });
});
