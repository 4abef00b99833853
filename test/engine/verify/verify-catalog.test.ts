import { Buffer } from 'node:buffer';
import { afterEach, describe, expect, it } from 'vitest';
import { createFileSystemStore } from '../../../src/adapters/store/file-system-store.ts';
import { signHead } from '../../../src/engine/catalog/head.ts';
import { readHeadAt } from '../../../src/engine/catalog/next-head.ts';
import {
  attestationsPath,
  headPath,
  imageRecordPath,
  imageStatePath,
  runPath,
} from '../../../src/engine/catalog/paths.ts';
import { recordBytes } from '../../../src/engine/catalog/record-bytes.ts';
import { nextTrust } from '../../../src/engine/trust/create-trust.ts';
import { verifyCatalog } from '../../../src/engine/verify/verify-catalog.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { memorySigner } from '../../rig/memory-signer.ts';
import {
  createSignedCatalog,
  memoryMemo,
  now,
  type SignedCatalog,
  sampleImage,
} from '../../rig/signed-catalog.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const open: SignedCatalog[] = [];

async function catalogWithImage(options?: Parameters<typeof createSignedCatalog>[0]) {
  const catalog = await createSignedCatalog(options);
  open.push(catalog);
  const sample = await sampleImage(catalog);
  await catalog.engineCommit(sample.files);
  return { catalog, sample };
}

/** A second version on top of the first. */
async function addSecond(catalog: SignedCatalog) {
  const next = {
    version: '1.2.0+2',
    supersedes: '1.2.0+1',
    run: '20261120T120000Z-00000002',
    content: 'second',
  };
  const sample = await sampleImage(catalog, next);
  await catalog.engineCommit(sample.files);
  return sample;
}

afterEach(async () => {
  for (const catalog of open.splice(0)) {
    await catalog[Symbol.asyncDispose]();
  }
});

describe('a sound catalog', () => {
  it.each([
    { algorithm: 'ed25519', objectFormat: 'sha1' },
    { algorithm: 'ecdsa-p256', objectFormat: 'sha1' },
    { algorithm: 'ed25519', objectFormat: 'sha256' },
  ] as const)('verifies without a finding ($algorithm, $objectFormat)', async (options) => {
    const { catalog } = await catalogWithImage(options);
    await catalog.userCommit(new Map([['README.md', Buffer.from('mine\n')]]));
    await addSecond(catalog);
    const { findings, summary } = await catalog.verify();
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({
      sound: true,
      trust: { version: 1, pinned: true },
      head: { counter: 2 },
      commits: 4,
      startedFrom: null,
      images: 1,
      imageVersions: 2,
      revisions: 0,
      runs: 2,
      envelopes: 6,
      artifacts: null,
    });
  });

  it('says that it is unpinned where no pin is given', async () => {
    const { catalog } = await catalogWithImage();
    const { findings, summary } = await verifyCatalog({ git: catalog.git, commit: catalog.tip, now });
    expect(findings.map((one) => [one.code, one.severity])).toEqual([['SK8015', 'warning']]);
    expect(summary).toMatchObject({ sound: true, trust: { pinned: false } });
  });

  it('follows a child to its parent and ancestors', async () => {
    const { catalog, sample } = await catalogWithImage();
    const child = { name: 'child', run: '20261120T120000Z-00000003', parent: sample.image };
    await catalog.engineCommit((await sampleImage(catalog, child)).files);
    expect(await catalog.codes()).toEqual([]);
  });

  it('holds across a merge that brings the catalog in from the second parent', async () => {
    const { catalog } = await catalogWithImage();
    const before = catalog.tip;
    await addSecond(catalog);
    const engine = catalog.tip;
    const own = await catalog.userCommit(new Map([['notes.txt', Buffer.from('local work\n')]]), before);
    const tree = catalog.rig.git('merge-tree', '--write-tree', own, engine);
    const merge = catalog.rig.git('commit-tree', tree, '-p', own, '-p', engine, '-m', 'merge');
    catalog.tip = expectValue(await catalog.git.resolveCommit(merge));
    expect(await catalog.codes()).toEqual([]);
  });

  it('holds across a rotation of the builder key, old records included', async () => {
    const { catalog } = await catalogWithImage();
    const { next, bytes } = await rotated(catalog);
    await catalog.userCommit(new Map([['trust/2.json', bytes]]));
    const sample = await sampleImage(catalog, {
      version: '1.2.0+2',
      supersedes: '1.2.0+1',
      run: '20261120T120000Z-00000002',
      signer: next,
    });
    await catalog.engineCommit(sample.files, { signer: next, trustVersion: 2 });
    expect(await catalog.codes()).toEqual([]);
  });
});

describe('artifacts', () => {
  async function withStore() {
    const { catalog, sample } = await catalogWithImage();
    const folder = temporaryFolder();
    const store = createFileSystemStore({ folder, durable: true });
    const blobs = {
      rootfs: sample.rootfs,
      sbom: sample.sbom,
      sbomEnvelope: sample.sbomEnvelope,
      log: sample.log,
    };
    return { catalog, sample, store, blobs };
  }

  it('are read and counted', async () => {
    const { catalog, store, blobs } = await withStore();
    for (const bytes of Object.values(blobs)) {
      expectValue(await store.put([bytes]));
    }
    const { findings, summary } = await catalog.verify({ store });
    expect(findings).toEqual([]);
    expect(summary.artifacts).toBe(4);
  });

  it.each(['rootfs', 'sbom', 'sbomEnvelope', 'log'] as const)('are missed by name: %s', async (missing) => {
    const { catalog, store, blobs } = await withStore();
    for (const [name, bytes] of Object.entries(blobs)) {
      if (name !== missing) {
        expectValue(await store.put([bytes]));
      }
    }
    expect(await catalog.codes({ store })).toEqual(['SK8060']);
  });
});

describe('attacks', () => {
  it('a record that is removed, changed or added without a head', async () => {
    const { catalog, sample } = await catalogWithImage();
    const sound = catalog.tip;
    for (const [path, bytes] of sample.files) {
      const flipped = Buffer.from(bytes ?? '');
      flipped[flipped.length >> 1] = (flipped[flipped.length >> 1] ?? 0) ^ 1;
      for (const change of [null, flipped]) {
        await catalog.userCommit(new Map([[path, change]]), sound);
        const codes = await catalog.codes();
        expect(codes, path).toContain('SK8040');
        expect(codes, path).toContain('SK8035');
      }
    }
    await catalog.userCommit(new Map([['catalog/notes.txt', Buffer.from('mine')]]), sound);
    expect(await catalog.codes()).toEqual(['SK8035', 'SK8040', 'SK8041', 'SK8052']);
  });

  it('rollback: an older catalog is committed again', async () => {
    const { catalog, sample } = await catalogWithImage();
    const old = catalog.tip;
    const second = await addSecond(catalog);
    const back = new Map<string, Uint8Array | null>([...second.files.keys()].map((path) => [path, null]));
    for (const [path, bytes] of sample.files) {
      back.set(path, bytes);
    }
    const head = Buffer.from(`${catalog.rig.show(old, headPath)}\n`);
    await catalog.engineCommit(back, { head });
    expect(await catalog.codes()).toEqual(expect.arrayContaining(['SK8033', 'SK8034', 'SK8042']));
  });

  it('rollback: the branch is reset to an older commit', async () => {
    const { catalog } = await catalogWithImage();
    const old = catalog.tip;
    await addSecond(catalog);
    const prefix = memoryMemo();
    expect(await catalog.codes({ prefix })).toEqual([]);
    catalog.tip = old;
    expect(await catalog.codes({ prefix })).toEqual(['SK8045']);
  });

  it('rollback: a merge takes an older catalog from its second parent', async () => {
    const { catalog } = await catalogWithImage();
    const old = catalog.tip;
    await addSecond(catalog);
    const merge = catalog.rig.git(
      'commit-tree',
      `${old}^{tree}`,
      '-p',
      catalog.tip,
      '-p',
      old,
      '-m',
      'merge',
    );
    catalog.tip = expectValue(await catalog.git.resolveCommit(merge));
    expect(await catalog.codes()).toEqual(['SK8043']);
  });

  it('fast-forward: a builder jumps ahead with the counter', async () => {
    const { catalog } = await catalogWithImage();
    const previous = expectValue(await readHeadAt(catalog.git, catalog.tip));
    if (previous === undefined) {
      throw new Error('there is a head');
    }
    const jump = { ...previous.head, counter: 1_000_000, previous: previous.digest };
    await catalog.engineCommit(new Map(), {
      head: await signHead(previous.catalogDigest, jump, catalog.builder),
    });
    expect(await catalog.codes()).toEqual(['SK8033']);
  });

  it('freeze: the newest head has expired', async () => {
    const { catalog } = await catalogWithImage();
    const later = new Date(now.getTime() + 31 * 24 * 3600 * 1000);
    expect(await catalog.codes({ now: later })).toEqual(['SK8037']);
  });

  it('a head alone renews the catalog when a third of its validity is left, not before', async () => {
    const { catalog } = await catalogWithImage();
    const day = 24 * 3600 * 1000;
    const early = catalog.tip;
    await catalog.engineCommit(new Map(), { now: new Date(now.getTime() + 19 * day) });
    expect(catalog.rig.git('diff', '--name-only', early, catalog.tip)).toBe('');
    await catalog.engineCommit(new Map(), { now: new Date(now.getTime() + 21 * day), parent: early });
    expect(catalog.rig.git('diff', '--name-only', early, catalog.tip)).toBe(headPath);
    expect(await catalog.codes({ now: new Date(now.getTime() + 40 * day) })).toEqual([]);
  });

  it('a key without the role signs the head, the commit, or both', async () => {
    const { catalog } = await catalogWithImage();
    const parent = catalog.tip;
    const sample = await sampleImage(catalog, { version: '1.2.0+2', run: '20261120T120000Z-00000002' });
    for (const stranger of [catalog.root, memorySigner()]) {
      await catalog.engineCommit(sample.files, { parent, headSigner: stranger, signer: catalog.builder });
      expect(await catalog.codes()).toEqual(['SK8032', 'SK8035']);
      await catalog.engineCommit(sample.files, { parent, headSigner: catalog.builder, signer: stranger });
      expect(await catalog.codes()).toEqual(['SK8041']);
      await catalog.engineCommit(sample.files, { parent, signer: stranger });
      expect(await catalog.codes()).toEqual(['SK8032', 'SK8035', 'SK8041']);
    }
    await catalog.engineCommit(sample.files, { parent, unsigned: true });
    expect(await catalog.codes()).toEqual(['SK8041']);
  });

  it('a commit brings its own trust and is judged by that of its parent', async () => {
    const { catalog } = await catalogWithImage();
    const { next, bytes } = await rotated(catalog);
    const sample = await sampleImage(catalog, {
      version: '1.2.0+2',
      run: '20261120T120000Z-00000002',
      signer: next,
    });
    const files = new Map(sample.files).set('trust/2.json', bytes);
    await catalog.engineCommit(files, { signer: next, trustVersion: 2 });
    expect(await catalog.codes()).toEqual(expect.arrayContaining(['SK8032', 'SK8041']));
  });

  it('a removed builder goes on signing', async () => {
    const { catalog } = await catalogWithImage();
    await catalog.userCommit(new Map([['trust/2.json', (await rotated(catalog)).bytes]]));
    await addSecond(catalog);
    expect(await catalog.codes()).toEqual(expect.arrayContaining(['SK8021', 'SK8032', 'SK8041']));
  });

  it('a trust file is replaced, removed or signed by nobody', async () => {
    const { catalog } = await catalogWithImage();
    const parent = catalog.tip;
    const { bytes } = await rotated(catalog);
    const self = await rotated(catalog, [memorySigner()]);
    await catalog.userCommit(new Map([['trust/2.json', self.bytes]]), parent);
    expect(await catalog.codes()).toEqual(['SK8013']);
    await catalog.userCommit(new Map([['trust/1.json', self.bytes]]), parent);
    expect(await catalog.codes()).toEqual(['SK8014']);
    await catalog.userCommit(new Map([['trust/2.json', bytes]]), parent);
    await catalog.userCommit(new Map([['trust/2.json', null]]));
    expect(await catalog.codes()).toEqual(['SK8016']);
  });

  it('another trust than the pinned one', async () => {
    const { catalog } = await catalogWithImage();
    expect(await catalog.codes({ pinnedTrust: digestOfBytes('another') })).toContain('SK8014');
  });

  it('mix and match: the attestations of another version stand beside an image', async () => {
    const { catalog, sample } = await catalogWithImage();
    const second = await sampleImage(catalog, {
      version: '1.2.0+2',
      supersedes: '1.2.0+1',
      run: '20261120T120000Z-00000002',
    });
    const [from, to] = [
      attestationsPath('debian-12-lab', '1.2.0+1'),
      attestationsPath('debian-12-lab', '1.2.0+2'),
    ];
    const other = sample.files.get(from) ?? Buffer.from('');
    const record = { ...second.image, attestations: digestOfBytes(other ?? '') };
    const files = new Map(second.files)
      .set(to, other)
      .set(imageRecordPath('debian-12-lab', '1.2.0+2'), recordBytes(record));
    await catalog.engineCommit(files);
    expect(await catalog.codes()).toEqual(['SK8057']);
  });

  it('a swapped SBOM, by digest in the record and by an envelope for other files', async () => {
    const catalog = await createSignedCatalog();
    open.push(catalog);
    const sample = await sampleImage(catalog);
    const other = await sampleImage(catalog, { version: '9.9.9+1', content: 'others' });
    const artifacts = sample.image.artifacts.map((one) =>
      one.format === 'cyclonedx-attestation'
        ? { ...one, digest: digestOfBytes(other.sbomEnvelope), sizeBytes: other.sbomEnvelope.length }
        : one,
    );
    const path = imageRecordPath('debian-12-lab', '1.2.0+1');
    await catalog.engineCommit(new Map(sample.files).set(path, recordBytes({ ...sample.image, artifacts })));
    const store = createFileSystemStore({ folder: temporaryFolder(), durable: true });
    for (const bytes of [sample.rootfs, sample.sbom, other.sbomEnvelope, sample.log]) {
      expectValue(await store.put([bytes]));
    }
    const { findings } = await catalog.verify({ store });
    expect(findings.map((one) => one.code)).toEqual(['SK8057', 'SK8057']);
  });

  it('a builder rewrites or removes a record that must stay', async () => {
    const { catalog, sample } = await catalogWithImage();
    const parent = catalog.tip;
    const path = imageRecordPath('debian-12-lab', '1.2.0+1');
    await catalog.engineCommit(new Map([[path, recordBytes({ ...sample.image, architecture: 'other' })]]), {
      parent,
    });
    expect(await catalog.codes()).toEqual(['SK8042']);
    await catalog.engineCommit(new Map([...sample.files.keys()].map((one) => [one, null])), { parent });
    expect(await catalog.codes()).toEqual(['SK8042']);
  });

  it('a head that stands for a desired commit outside of its history', async () => {
    const { catalog } = await catalogWithImage();
    const parent = catalog.tip;
    const foreign = await catalog.userCommit(new Map([['x', Buffer.from('1')]]), parent);
    const sample = await sampleImage(catalog, { version: '1.2.0+2', run: '20261120T120000Z-00000002' });
    await catalog.engineCommit(sample.files, { parent, desiredCommit: foreign });
    expect(await catalog.codes()).toEqual(['SK8036']);
    expect(await catalog.codes({ desiredTip: foreign })).toEqual([]);
  });

  it('a catalog before any trust', async () => {
    const catalog = await createSignedCatalog();
    open.push(catalog);
    await catalog.userCommit(new Map([['a', Buffer.from('a')]]), null);
    await catalog.engineCommit((await sampleImage(catalog)).files);
    expect(await catalog.codes()).toEqual(expect.arrayContaining(['SK8010', 'SK8070']));
  });
});

describe('a breach', () => {
  it('that is put right exactly is a warning from then on, and the chain goes on', async () => {
    const { catalog, sample } = await catalogWithImage();
    const path = imageRecordPath('debian-12-lab', '1.2.0+1');
    await catalog.userCommit(new Map([[path, Buffer.from('{}\n')]]));
    await catalog.userCommit(new Map([['trust/1.json', Buffer.from('{}\n')]]));
    expect(await catalog.codes()).toEqual(expect.arrayContaining(['SK8040', 'SK8014']));
    await catalog.userCommit(
      new Map([
        [path, sample.files.get(path) ?? null],
        ['trust/1.json', catalog.trust],
      ]),
    );
    await addSecond(catalog);
    const { findings, summary } = await catalog.verify();
    expect(summary).toMatchObject({ sound: true, head: { counter: 2 } });
    expect(new Set(findings.map((one) => one.severity))).toEqual(new Set(['warning']));
  });

  it('that is put right in part stays an error', async () => {
    const { catalog, sample } = await catalogWithImage();
    const path = imageRecordPath('debian-12-lab', '1.2.0+1');
    const stray = new Map([
      [path, Buffer.from('{}\n')],
      ['catalog/notes.txt', Buffer.from('mine')],
    ]);
    await catalog.userCommit(stray);
    await catalog.userCommit(new Map([[path, sample.files.get(path) ?? null]]));
    expect(await catalog.codes()).toEqual(['SK8035', 'SK8040', 'SK8041', 'SK8042', 'SK8052']);
  });
});

describe('references', () => {
  it('that lead nowhere are found, all in one go', async () => {
    const catalog = await createSignedCatalog();
    open.push(catalog);
    const sample = await sampleImage(catalog, { supersedes: '1.0.0+1' });
    const files = new Map(sample.files);
    files.delete(runPath(sample.run.id));
    files.set(imageStatePath('debian-12-lab'), recordBytes({ ...sample.state, active: '7.0.0+7' }));
    await catalog.engineCommit(files);
    const { findings } = await catalog.verify();
    expect(findings.map((one) => one.message)).toEqual([
      expect.stringContaining('the active version 7.0.0+7'),
      expect.stringContaining('the superseded version 1.0.0+1'),
      expect.stringContaining(`the run ${sample.run.id}`),
    ]);
    expect(findings.every((one) => one.code === 'SK8054' && one.place !== undefined)).toBe(true);
  });
});

describe('a verified prefix', () => {
  it('saves the walk and nothing of the tip', async () => {
    const { catalog } = await catalogWithImage();
    const prefix = memoryMemo();
    await catalog.verify({ prefix });
    const remembered = catalog.tip;
    expect(await catalog.verify({ prefix })).toMatchObject({
      summary: { commits: 0, startedFrom: remembered, sound: true },
    });
    await addSecond(catalog);
    expect(await catalog.verify({ prefix })).toMatchObject({
      summary: { commits: 1, startedFrom: remembered, sound: true },
    });
  });

  it('that vouches for a bad tip does not hide it', async () => {
    const { catalog, sample } = await catalogWithImage();
    const prefix = memoryMemo();
    await catalog.verify({ prefix });
    const path = imageRecordPath('debian-12-lab', '1.2.0+1');
    const bad = await catalog.userCommit(
      new Map([[path, recordBytes({ ...sample.image, architecture: 'x' })]]),
    );
    prefix.text = prefix.text?.replace(/"commit":"[0-9a-f]+"/, `"commit":"${bad}"`);
    expect(await catalog.codes({ prefix })).toEqual(['SK8035']);
  });

  it('of another form is ignored, and a finding is never remembered', async () => {
    const { catalog } = await catalogWithImage();
    const prefix = memoryMemo();
    prefix.text = '{"commit":';
    await catalog.userCommit(new Map([['catalog/x', Buffer.from('x')]]));
    expect((await catalog.verify({ prefix })).summary.commits).toBe(3);
    expect(prefix.text).toBe('{"commit":');
  });
});

async function rotated(catalog: SignedCatalog, signers = [catalog.root]) {
  const next = memorySigner();
  const { signed, signatures } = JSON.parse(Buffer.from(catalog.trust).toString('utf8'));
  const file = await nextTrust({
    previous: { signed, signatures, digest: digestOfBytes(catalog.trust) },
    change: {
      add: [{ name: 'ci 2', publicKeyPem: next.publicKeyPem, roles: ['builder'] }],
      remove: [catalog.builder.keyId],
    },
    signers,
    now,
  });
  return { next, bytes: recordBytes(expectValue(file)) };
}
