import { Buffer } from 'node:buffer';
import { afterEach, expect, it } from 'vitest';
import type { GitObjects, GitRepository } from '../../../src/adapters/git/git.ts';
import {
  attestationsPath,
  headPath,
  imageRecordPath,
  imageStatePath,
  packageLockPath,
  runPath,
} from '../../../src/engine/catalog/paths.ts';
import type { VerifyInput } from '../../../src/engine/verify/verify-input.ts';
import type { Diagnostic } from '../../../src/model/diagnostic.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import { failure } from '../../../src/model/result.ts';
import { openTestRepository } from '../../rig/open-test-repository.ts';
import {
  createSignedCatalog,
  memoryMemo,
  type SignedCatalog,
  sampleImage,
} from '../../rig/signed-catalog.ts';

const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) {
    await one[Symbol.asyncDispose]();
  }
});

/** Four versions of an image, each in a commit of its own, on top of the commit with the trust. */
async function fourVersions(): Promise<SignedCatalog> {
  const catalog = await createSignedCatalog();
  open.push(catalog);
  catalog.rig.git('config', 'uploadpack.allowFilter', 'true');
  for (const build of [1, 2, 3, 4]) {
    const sample = await sampleImage(catalog, {
      version: `1.2.0+${build}`,
      run: `20261120T12000${build}Z-0000000${build}`,
      content: `content ${build}`,
      ...(build === 1 ? {} : { supersedes: `1.2.0+${build - 1}` }),
    });
    await catalog.engineCommit(sample.files);
  }
  return catalog;
}

/** A clone of the newest commit's line that lacks something. */
async function cloneOf(catalog: SignedCatalog, ...options: readonly string[]): Promise<GitRepository> {
  catalog.rig.git('update-ref', 'refs/heads/main', catalog.tip);
  const clone = catalog.rig.clone('--no-local', '--bare', ...options);
  const git = await openTestRepository(clone);
  open.push(git);
  return git;
}

async function findingsIn(catalog: SignedCatalog, git: GitRepository, more = {}) {
  const { findings, summary } = await catalog.verify({ git, ...more });
  expect(summary.sound).toBe(false);
  return findings;
}

function codes(findings: readonly Diagnostic[]): readonly string[] {
  return findings.map((one) => one.code);
}

it.each([1, 2, 3, 4])(
  'a clone of the newest %i commits gives one finding, for what is not there',
  async (depth) => {
    const catalog = await fourVersions();
    const findings = await findingsIn(catalog, await cloneOf(catalog, `--depth=${depth}`));
    expect(codes(findings)).toEqual(['SK8044']);
    expect(findings[0]?.message).toContain('shallow clone');
    expect(findings[0]?.hint).toContain('--unshallow');
  },
);

it('what is wrong with commits that are there is found without those before them', async () => {
  const catalog = await fourVersions();
  await catalog.userCommit(new Map([['catalog/notes.txt', Buffer.from('mine')]]));
  await catalog.userCommit(new Map([['README.md', Buffer.from('mine')]]));
  const within = await findingsIn(catalog, await cloneOf(catalog, '--depth=3'));
  expect([...new Set(codes(within))]).toEqual(['SK8044', 'SK8041', 'SK8040', 'SK8035', 'SK8052']);
  const outside = await findingsIn(catalog, await cloneOf(catalog, '--depth=1'));
  expect(codes(outside)).toEqual(['SK8044', 'SK8035', 'SK8052']);
});

it('a removed record is found in the commit that removes it, and as a reference that leads nowhere', async () => {
  const catalog = await fourVersions();
  await catalog.engineCommit(new Map([[runPath('20261120T120002Z-00000002'), null]]));
  const findings = await findingsIn(catalog, await cloneOf(catalog, '--depth=2'));
  expect(codes(findings)).toEqual(['SK8044', 'SK8042', 'SK8054']);
});

it('a pin, an expired head and an older catalog than before need no history', async () => {
  const catalog = await fourVersions();
  const git = await cloneOf(catalog, '--depth=1');
  const now = new Date('2027-06-01T00:00:00Z');
  expect(codes(await findingsIn(catalog, git, { now }))).toEqual(['SK8044', 'SK8037']);
  const pinned = await findingsIn(catalog, git, { pinnedTrust: digestOfBytes('another') });
  expect(codes(pinned)).toContain('SK8014');
  const anchor = digestOfBytes(catalog.trust);
  const prefix = memoryMemo();
  prefix.text = JSON.stringify({
    formatVersion: 1,
    commit: catalog.tip.replace(/./g, '1'),
    anchor,
    counter: 9,
  });
  expect(codes(await findingsIn(catalog, git, { prefix }))).toEqual(['SK8044', 'SK8045']);
});

it.each(['blob:none', 'tree:0'])(
  'a clone with --filter=%s and nothing checked out gives one finding',
  async (filter) => {
    const catalog = await fourVersions();
    const findings = await findingsIn(catalog, await cloneOf(catalog, `--filter=${filter}`));
    expect(codes(findings)).toEqual(['SK8044']);
    expect(findings[0]?.message).toMatch(/partial clone(; \d+ more objects are not there)?$/);
  },
);

/** The catalog's own repository without one of its files. */
function without(catalog: SignedCatalog, path: string): Partial<VerifyInput> {
  const missing = catalog.rig.git('rev-parse', `${catalog.tip}:${path}`);
  const readBlob: GitObjects['readBlob'] = async (id, limitBytes) =>
    id === missing
      ? failure({ code: 'SK2009', severity: 'error', message: `object ${id} is not there`, hint: 'fetch it' })
      : catalog.git.readBlob(id, limitBytes);
  return { git: { ...catalog.git, readBlob } };
}

it.each([
  ['an image record', imageRecordPath('debian-12-lab', '1.2.0+2')],
  ['attestations', attestationsPath('debian-12-lab', '1.2.0+4')],
  ['a lock', packageLockPath('debian-12-lab', '1.2.0+1')],
  ['a run record', runPath('20261120T120003Z-00000003')],
  ['a state', imageStatePath('debian-12-lab')],
  ['the newest head', headPath],
  ['the trust', 'trust/1.json'],
])('without %s, a stray file is found and nothing is made up', async (_, path) => {
  const catalog = await fourVersions();
  const sound = await catalog.verify(without(catalog, path));
  expect(codes(sound.findings)).toEqual(['SK8044']);
  const stray = 'catalog/notes.txt';
  await catalog.userCommit(new Map([[stray, Buffer.from('mine')]]));
  const { findings } = await catalog.verify(without(catalog, path));
  expect(codes(findings)[0]).toBe('SK8044');
  expect(findings.filter((one) => one.place?.file === stray).map((one) => one.code)).toEqual(['SK8052']);
});
