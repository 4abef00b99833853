import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  allowListStatePath,
  headPath,
  revisionAttestationPath,
  revisionPath,
} from '../../../src/engine/catalog/paths.ts';
import { recordBytes } from '../../../src/engine/catalog/record-bytes.ts';
import { decisionBytes, decisionPath } from '../../../src/engine/decisions/decision-file.ts';
import { nextTrust } from '../../../src/engine/trust/create-trust.ts';
import { trustPath } from '../../../src/engine/trust/trust.ts';
import { verifyTrustChain } from '../../../src/engine/trust/verify-trust-chain.ts';
import type { AllowListRevision } from '../../../src/model/allow-list-record.ts';
import { changeDigest } from '../../../src/model/change-digest.ts';
import type { Decision } from '../../../src/model/decision.ts';
import { type Digest, digestOfBytes, digestOfJson } from '../../../src/model/digest.ts';
import { allowEntry } from '../../rig/allow-entries.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { memorySigner } from '../../rig/memory-signer.ts';
import { openTestRepository } from '../../rig/open-test-repository.ts';
import { createSignedCatalog, now, type SignedCatalog } from '../../rig/signed-catalog.ts';
import {
  listInputs,
  type RevisionOptions,
  runFiles,
  type SignedRevision,
  signedRevision,
} from '../../rig/signed-lists.ts';

const host = (value: string) => allowEntry({ kind: 'host', value });
let catalog: SignedCatalog;
let revisions: SignedRevision[];
let trustVersion: number;

/** Writes the next revision of the list in a commit of its own. */
async function revise(hosts: readonly string[], options: RevisionOptions = {}): Promise<SignedRevision> {
  const made = await signedRevision(catalog, hosts.map(host), { current: revisions.at(-1), ...options });
  revisions.push(made);
  await catalog.engineCommit(made.files, { trustVersion });
  return made;
}

beforeEach(async () => {
  catalog = await createSignedCatalog();
  revisions = [];
  trustVersion = 1;
});

afterEach(async () => {
  await catalog[Symbol.asyncDispose]();
});

async function threeRevisions(): Promise<void> {
  await revise(['a.org']);
  await revise(['a.org', 'b.org']);
  await revise(['b.org', 'c.org']);
}

test('a list with revisions as the engine writes them is sound', async () => {
  await threeRevisions();
  expect(await catalog.codes()).toEqual([]);
  expect((await catalog.verify()).summary).toMatchObject({ runs: 3, envelopes: 3 });
});

test('any flipped byte of a revision, an attestation or a state is found', async () => {
  await threeRevisions();
  const sound = catalog.tip;
  const files = [
    ...[1, 2, 3].flatMap((number) => [revisionPath('lab', number), revisionAttestationPath('lab', number)]),
    allowListStatePath('lab'),
  ].map((path) => [path, Buffer.from(`${catalog.rig.show(sound, path)}\n`)] as const);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async ([path, bytes], at, mask) => {
        const flipped = Buffer.from(bytes);
        flipped[at % flipped.length] = (flipped[at % flipped.length] ?? 0) ^ mask;
        await catalog.userCommit(new Map([[path, flipped]]), sound);
        expect((await catalog.verify()).summary.sound).toBe(false);
      },
    ),
    { numRuns: 40 },
  );
});

test('any flipped byte of a revision or a state is found even where a builder signs the head over it', async () => {
  await threeRevisions();
  const before = revisions.slice(0, 2);
  const base = catalog.tip;
  const last = revisions[2]?.files ?? new Map();
  const paths = [revisionPath('lab', 3), allowListStatePath('lab')];
  const parent = catalog.rig.git('rev-parse', `${base}^`);
  expect(before).toHaveLength(2);
  const resolved = await catalog.git.resolveCommit(parent);
  if (!resolved.ok) {
    throw new Error('no parent');
  }
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (path, at, mask) => {
        const flipped = Buffer.from(last.get(path) ?? '');
        flipped[at % flipped.length] = (flipped[at % flipped.length] ?? 0) ^ mask;
        await catalog.engineCommit(new Map([...last, [path, flipped]]), { parent: resolved.value });
        expect(await catalog.codes()).not.toEqual([]);
      },
    ),
    { numRuns: 40 },
  );
});

describe('what somebody with a key of a builder might write', () => {
  test.each([
    [
      'a changeset that removes what is not there',
      (r) => ({ ...r, changeset: { added: [], removed: [host('z.org')], changed: [] } }),
      ['SK8064'],
    ],
    [
      'a changeset that adds what is there',
      (r) => ({ ...r, changeset: { added: [host('a.org')], removed: [], changed: [] } }),
      ['SK8064'],
    ],
    [
      'a changeset that leads elsewhere',
      (r) => ({ ...r, changeset: { added: [host('evil.org')], removed: [], changed: [] } }),
      ['SK8064'],
    ],
    [
      'another set than it leads to',
      (r) => ({ ...r, set: { ...r.set, digest: digestOfBytes('evil') } }),
      ['SK8064'],
    ],
    [
      'a set of another size',
      (r) => ({ ...r, set: { ...r.set, sizeBytes: r.set.sizeBytes + 1 } }),
      ['SK8064'],
    ],
    ['a set of another count', (r) => ({ ...r, set: { ...r.set, entries: 7 } }), ['SK8064']],
    [
      'a longer time than its entries have',
      (r) => ({ ...r, validUntil: '2030-01-01T00:00:00Z' }),
      ['SK8064'],
    ],
    ['another revision before it', (r) => ({ ...r, previous: digestOfBytes('evil') }), ['SK8063']],
    ['none before it', (r) => ({ ...r, previous: null }), ['SK8063']],
    [
      'an earlier time than the one before it',
      (r) => ({ ...r, createdAt: '2026-11-20T10:00:00.000Z' }),
      ['SK8063'],
    ],
    ['a run that is not there', (r) => ({ ...r, run: '20261120T110000Z-ffffffff' }), ['SK8054']],
  ] satisfies readonly (readonly [
    string,
    (revision: AllowListRevision) => AllowListRevision,
    readonly string[],
  ])[])('%s', async (_what, forge, codes) => {
    await revise(['a.org']);
    await revise(['a.org', 'b.org'], { forge });
    expect(await catalog.codes()).toEqual(expect.arrayContaining([...codes]));
  });

  test('a revision that skips a number', async () => {
    await revise(['a.org']);
    await revise(['a.org', 'b.org'], { forge: (revision) => ({ ...revision, revision: 3 }) });
    expect(await catalog.codes()).toContain('SK8054');
  });

  test('a first revision that has a second without the first', async () => {
    const made = await signedRevision(catalog, [host('a.org')]);
    await catalog.engineCommit(new Map([...made.files].filter(([path]) => !path.includes('/revisions/'))));
    expect(await catalog.codes()).toContain('SK8054');
  });

  test('a revision that a key without the role has signed', async () => {
    await revise(['a.org'], { signer: memorySigner() });
    expect(await catalog.codes()).toEqual(['SK8021']);
  });

  test('a state that names an older revision, or other inputs of time', async () => {
    await threeRevisions();
    const [first, , third] = revisions;
    const stateFile = (state: object) => new Map([[allowListStatePath('lab'), recordBytes(state)]]);
    const sound = catalog.tip;
    await catalog.engineCommit(stateFile(first?.state ?? {}), { parent: sound });
    expect(await catalog.codes()).toContain('SK8055');
    await catalog.engineCommit(stateFile({ ...third?.state, validUntil: '2030-01-01T00:00:00Z' }), {
      parent: sound,
    });
    expect(await catalog.codes()).toContain('SK8055');
  });

  test('a state with inputs that would pass for those of an edited spec', async () => {
    await threeRevisions();
    const third = revisions[2];
    const state = { ...third?.state, inputs: { ...listInputs, specs: { lab: digestOfBytes('edited') } } };
    const path = allowListStatePath('lab');
    const sound = catalog.tip;
    await catalog.engineCommit(new Map([[path, recordBytes(state)]]));
    expect(await catalog.codes()).toEqual(['SK8055']);
    const resource = { kind: 'AllowList', name: 'lab' };
    const run = (change: Digest) =>
      runFiles('20261120T113000Z-1a2b3c4d', sound, {
        name: 'lab',
        changeDigest: change,
        outcome: 'equal',
        revision: 3,
      });
    const other = changeDigest(resource, '2', state.inputs);
    await catalog.engineCommit(new Map([[path, recordBytes(state)], ...run(other)]), { parent: sound });
    expect(await catalog.codes()).toEqual(['SK8055']);
    const same = changeDigest(resource, '3', state.inputs);
    await catalog.engineCommit(new Map([[path, recordBytes(state)], ...run(same)]), { parent: sound });
    expect(await catalog.codes()).toEqual([]);
  });

  test('a revision of another list', async () => {
    await revise(['a.org']);
    const other = await signedRevision(catalog, [host('o.org')], {
      name: 'other',
      run: '20261120T113000Z-1a2b3c4d',
    });
    const moved = new Map(
      [...other.files].map(
        ([path, bytes]) =>
          [path.replace(/allow-lists\/..\/other/, allowListStatePath('third').slice(8, -11)), bytes] as const,
      ),
    );
    await catalog.engineCommit(moved);
    expect(await catalog.codes()).toContain('SK8053');
  });
});

describe('what somebody without a key does to the catalog', () => {
  test.each([
    ['removes the newest revision', [revisionPath('lab', 3)]],
    ['removes one in between', [revisionPath('lab', 2)]],
    ['removes an attestation', [revisionAttestationPath('lab', 1)]],
    ['removes the state', [allowListStatePath('lab')]],
  ])('%s', async (_what, paths) => {
    await threeRevisions();
    await catalog.userCommit(new Map(paths.map((path) => [path, null])));
    const { findings, summary } = await catalog.verify();
    expect(summary.sound).toBe(false);
    const codes = findings.map(({ code }) => code);
    expect(codes.some((code) => code === 'SK8054' || code === 'SK8056')).toBe(true);
  });

  test('swaps two revisions with their attestations', async () => {
    await threeRevisions();
    const bytes = (path: string) => Buffer.from(`${catalog.rig.show(catalog.tip, path)}\n`);
    const pairs = [revisionPath, revisionAttestationPath].flatMap((path) => [
      [path('lab', 1), bytes(path('lab', 2))] as const,
      [path('lab', 2), bytes(path('lab', 1))] as const,
    ]);
    await catalog.userCommit(new Map(pairs));
    expect(await catalog.codes()).toEqual(expect.arrayContaining(['SK8042', 'SK8053', 'SK8063', 'SK8064']));
  });

  test('puts an older catalog of the list back, with the head of that time', async () => {
    await threeRevisions();
    const old = catalog.rig.git('rev-parse', `${catalog.tip}~1`);
    await catalog.userCommit(
      new Map([
        [revisionPath('lab', 3), null],
        [revisionAttestationPath('lab', 3), null],
        [allowListStatePath('lab'), Buffer.from(`${catalog.rig.show(old, allowListStatePath('lab'))}\n`)],
        [headPath, Buffer.from(`${catalog.rig.show(old, headPath)}\n`)],
      ]),
    );
    expect((await catalog.verify()).summary.sound).toBe(false);
  });

  test('writes a record that no entry can be made of, and verifying goes on', async () => {
    await threeRevisions();
    for (const match of [
      'ip 1.2.3',
      'cidr 10.0.0.1/8',
      'cidr 10.0.0.0/999',
      'ip ::ffff:1.2.3.4',
      'host a..b',
    ]) {
      const forged = Buffer.from(revisions[1]?.bytes ?? '')
        .toString()
        .replace('host b.org', match);
      const base = catalog.tip;
      await catalog.userCommit(new Map([[revisionPath('lab', 2), Buffer.from(forged)]]));
      expect(await catalog.codes()).toContain('SK8050');
      catalog.tip = base;
    }
  });
});

describe('what this clone does not hold', () => {
  async function clone(...options: readonly string[]) {
    catalog.rig.git('config', 'uploadpack.allowFilter', 'true');
    catalog.rig.git('update-ref', 'refs/heads/main', catalog.tip);
    return openTestRepository(catalog.rig.clone('--no-local', '--bare', ...options));
  }

  test.each([['--depth=1'], ['--depth=2'], ['--filter=blob:none'], ['--filter=tree:0']])(
    'is one finding, and nothing is made up of it (%s)',
    async (option) => {
      await threeRevisions();
      await using git = await clone(option);
      const { findings } = await catalog.verify({ git });
      expect(findings.map(({ code }) => code)).toEqual(['SK8044']);
    },
  );

  test.each([
    ['a revision', revisionPath('lab', 2)],
    ['the newest revision', revisionPath('lab', 3)],
    ['an attestation', revisionAttestationPath('lab', 2)],
    ['the state', allowListStatePath('lab')],
  ])('without %s the rest is judged', async (_what, path) => {
    await threeRevisions();
    const missing = catalog.rig.git('rev-parse', `${catalog.tip}:${path}`);
    const git = {
      ...catalog.git,
      readBlob: async (id: Parameters<typeof catalog.git.readBlob>[0], limit: number) =>
        id === missing
          ? ({
              ok: false,
              diagnostics: [{ code: 'SK2009', severity: 'error', message: 'not here', hint: 'fetch' }],
            } as const)
          : catalog.git.readBlob(id, limit),
    };
    const { findings } = await catalog.verify({ git });
    expect(findings.map(({ code }) => code)).toEqual(['SK8044']);
  });
});

describe('a list that is left without a permission', () => {
  const id = '20261120T113000Z-00000001';
  const approver = memorySigner();
  const change = digestOfJson({
    resource: { kind: 'AllowList', name: 'lab' },
    from: '1',
    inputs: listInputs,
  });

  /** The desired state gets a decision, and a trust in which the approver counts. */
  async function decide(more: Partial<Decision> = {}, signer = approver): Promise<void> {
    const decision: Decision = {
      id,
      type: 'allow-empty',
      resource: { kind: 'AllowList', name: 'lab' },
      change,
      reason: 'meant',
      createdAt: '2026-11-20T11:30:00.000Z',
      expiresAt: null,
      ...more,
    };
    await catalog.userCommit(new Map([[decisionPath(id), await decisionBytes(decision, signer)]]));
  }

  test('needs a decision', async () => {
    await revise(['a.org']);
    await revise([]);
    expect(await catalog.codes()).toEqual(['SK8065']);
  });

  test('needs none if what it had has expired', async () => {
    const expiresAt = '2026-11-20T11:01:30Z';
    const first = await signedRevision(catalog, [{ ...host('a.org'), expiresAt }]);
    revisions.push(first);
    await catalog.engineCommit(first.files);
    await revise([], { cause: { type: 'expiry', commits: [] } });
    expect(await catalog.codes()).toEqual([]);
  });

  test('is not excused by an expiry that is none', async () => {
    await revise(['a.org']);
    await revise([], { cause: { type: 'expiry', commits: [] } });
    expect(await catalog.codes()).toEqual(['SK8065']);
  });

  test.each([
    ['a decision about this change, by an approver', {}, approver, []],
    ['one about another change', { change: digestOfBytes('other') }, approver, ['SK8065']],
    ['one about another list', { resource: { kind: 'AllowList', name: 'other' } }, approver, ['SK8065']],
    ['one of another type', { type: 'hold', change: null }, approver, ['SK8065']],
    ['one that a stranger signed', {}, memorySigner(), ['SK8065']],
  ] satisfies readonly (readonly [string, Partial<Decision>, typeof approver, readonly string[]])[])(
    'with %s',
    async (_what, decision, signer, codes) => {
      await trustApprover();
      await revise(['a.org']);
      await decide(decision, signer);
      await revise([], { decisions: [id] });
      expect(await catalog.codes()).toEqual(codes);
    },
  );

  test('with one that the desired state does not hold', async () => {
    await revise(['a.org']);
    await revise([], { decisions: [id] });
    expect(await catalog.codes()).toEqual(['SK8065']);
  });

  async function trustApprover(): Promise<void> {
    const before = expectValue(verifyTrustChain(new Map([[1, catalog.trust]]), undefined)).latest;
    const change = {
      add: [{ name: 'Ada', publicKeyPem: approver.publicKeyPem, roles: ['approver'] as const }],
    };
    const next = expectValue(await nextTrust({ previous: before, change, signers: [catalog.root], now }));
    await catalog.userCommit(new Map([[trustPath(2), recordBytes(next)]]));
    trustVersion = 2;
  }
});
