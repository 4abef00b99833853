import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Signer } from '../../../src/adapters/signer/signer.ts';
import { signStatement } from '../../../src/engine/attest/sign-envelope.ts';
import { recordBytes } from '../../../src/engine/catalog/record-bytes.ts';
import { applyHolds } from '../../../src/engine/decisions/apply-holds.ts';
import { countersign } from '../../../src/engine/decisions/countersign.ts';
import {
  decisionBytes,
  decisionPath,
  decisionType,
  readDecision,
} from '../../../src/engine/decisions/decision-file.ts';
import { decisionsAt } from '../../../src/engine/decisions/decisions.ts';
import { type DecisionSource, readDecisions } from '../../../src/engine/decisions/read-decisions.ts';
import { createFirstTrust } from '../../../src/engine/trust/create-trust.ts';
import { type Trust, trustPath } from '../../../src/engine/trust/trust.ts';
import { verifyTrustChain } from '../../../src/engine/trust/verify-trust-chain.ts';
import type { Decision, VerifiedDecision } from '../../../src/model/decision.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import type { Change } from '../../../src/model/plan.ts';
import { failure, success } from '../../../src/model/result.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { memorySigner } from '../../rig/memory-signer.ts';

const now = new Date('2026-11-20T12:00:00.000Z');
const [root, approver, operator, builder, stranger] = [
  memorySigner(),
  memorySigner(),
  memorySigner('ecdsa-p256'),
  memorySigner(),
  memorySigner(),
];

async function trustOf(thresholds: { readonly approver?: number } = {}): Promise<Trust> {
  const key = (
    name: string,
    { publicKeyPem }: Signer,
    ...roles: ('root' | 'approver' | 'operator' | 'builder')[]
  ) => ({
    name,
    publicKeyPem,
    roles,
  });
  const first = await createFirstTrust({
    keys: [
      key('root', root, 'root'),
      key('Ada', approver, 'approver'),
      key('Ben', operator, 'operator', 'approver'),
      key('ci', builder, 'builder'),
    ],
    thresholds,
    signers: [root],
    now,
  });
  const files = new Map([[1, recordBytes(expectValue(first))]]);
  expect(trustPath(1)).toBe('trust/1.json');
  return expectValue(verifyTrustChain(files, undefined)).latest;
}

const trust = await trustOf();
const lab = { kind: 'AllowList', name: 'lab' };

function decision(more: Partial<Decision> = {}): Decision {
  return {
    id: '20261120T110000Z-00000001',
    type: 'allow-empty',
    resource: lab,
    change: digestOfBytes('change'),
    reason: 'meant',
    createdAt: '2026-11-20T11:00:00.000Z',
    expiresAt: null,
    ...more,
  };
}

async function fileOf(made: Decision, signer: Signer): Promise<DecisionSource> {
  const bytes = await decisionBytes(made, signer);
  return { path: decisionPath(made.id), bytes: async () => success(bytes) };
}

async function read(made: Decision, signer: Signer, path = decisionPath(made.id)) {
  return readDecision(path, await decisionBytes(made, signer), trust);
}

test('a decision is read back as it was made, with the key that counts', async () => {
  const made = decision();
  expect(expectValue(await read(made, approver))).toEqual({
    ...made,
    by: [approver.keyId],
    file: 'decisions/2026/11/20261120T110000Z-00000001.json',
  });
});

describe('the role', () => {
  test.each([
    ['allow-empty', approver, true],
    ['allow-empty', operator, true],
    ['allow-empty', builder, false],
    ['allow-empty', root, false],
    ['allow-empty', stranger, false],
    ['hold', operator, true],
    ['hold', approver, false],
    ['resume', operator, true],
    ['resume', builder, false],
    ['resume', stranger, false],
  ] as const)('for %s is asked of the key (%#)', async (type, signer, counts) => {
    const judged = await read(
      decision({ type, change: type === 'allow-empty' ? digestOfBytes('c') : null }),
      signer,
    );
    expect(judged.ok ? [] : expectCodes(judged)).toEqual(counts ? [] : ['SK3405']);
  });

  test('gets the other signatures one by one, each once', async () => {
    const two = await trustOf({ approver: 2 });
    const made = decision();
    const file = decisionPath(made.id);
    const one = await decisionBytes(made, approver);
    const again = expectValue(await countersign(file, one, two, approver, 'key.pem'));
    expect(again).toMatchObject({ signatures: 1, needed: 2 });
    expect(Buffer.from(again.bytes).equals(one)).toBe(true);
    const both = expectValue(await countersign(file, one, two, operator, 'key.pem'));
    expect(both).toMatchObject({ signatures: 2, needed: 2, decision: made });
    expect(expectValue(readDecision(file, both.bytes, two)).by.toSorted()).toEqual(
      [approver.keyId, operator.keyId].toSorted(),
    );
  });

  test('gets none of a key without the role, nor under another name, nor beside other words', async () => {
    const made = decision();
    const file = decisionPath(made.id);
    const one = await decisionBytes(made, approver);
    expect(expectCodes(await countersign(file, one, trust, builder, 'key.pem'))).toEqual(['SK8018']);
    expect(
      expectCodes(await countersign('decisions/2026/11/x.json', one, trust, operator, 'key.pem')),
    ).toEqual(['SK3404']);
    const spaced = Buffer.concat([one, Buffer.from(' ')]);
    expect(expectCodes(await countersign(file, spaced, trust, operator, 'key.pem'))).toEqual(['SK3404']);
  });

  test('may ask for several keys', async () => {
    const two = await trustOf({ approver: 2 });
    const made = decision();
    const one = await decisionBytes(made, approver);
    expect(expectCodes(readDecision(decisionPath(made.id), one, two))).toEqual(['SK3405']);
    const [first, second] = [one, await decisionBytes(made, operator)].map((bytes) =>
      JSON.parse(Buffer.from(bytes).toString('utf8')),
    );
    const both = recordBytes({ ...first, signatures: [...first.signatures, ...second.signatures] });
    const judged = expectValue(readDecision(decisionPath(made.id), both, two));
    expect(new Set(judged.by)).toEqual(new Set([approver.keyId, operator.keyId]));
    const twice = recordBytes({ ...first, signatures: [...first.signatures, ...first.signatures] });
    expect(expectCodes(readDecision(decisionPath(made.id), twice, two))).not.toEqual([]);
  });
});

describe('what is not a decision', () => {
  const made = decision();

  test('stands under another name, or at another date', async () => {
    for (const path of [
      'decisions/2026/11/20261120T110000Z-00000002.json',
      'decisions/2026/12/20261120T110000Z-00000001.json',
      'decisions/20261120T110000Z-00000001.json',
    ]) {
      expect(expectCodes(await read(made, approver, path))).toEqual(['SK3404']);
    }
  });

  test('has a field more, a field less, or one of another shape', async () => {
    const statement = (predicate: object) =>
      signStatement(
        {
          _type: 'https://in-toto.io/Statement/v1',
          subject: [{ name: 'AllowList/lab', digest: { sha256: String(made.change).slice(7) } }],
          predicateType: decisionType,
          predicate: { ...predicate },
        },
        approver,
      );
    const judged = async (predicate: object) =>
      readDecision(decisionPath(made.id), recordBytes(await statement(predicate)), trust);
    expect((await judged(made)).ok).toBe(true);
    const { reason: _reason, ...less } = made;
    for (const predicate of [
      { ...made, only: 'for a day' },
      less,
      { ...made, type: 'approve' },
      { ...made, type: 'constructor' },
      { ...made, resource: { ...lab, namespace: 'x' } },
      { ...made, resource: { kind: 'AllowList', name: '../x' } },
      { ...made, change: 'sha256:0' },
      { ...made, change: null },
      { ...made, expiresAt: 'tomorrow' },
      { ...made, id: '../../x' },
      { ...made, reason: 'x'.repeat(1001) },
    ]) {
      expect(expectCodes(await judged(predicate))).toEqual(['SK3404']);
    }
  });

  test('is a statement about something else than it says', async () => {
    const about = await signStatement(
      {
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name: 'AllowList/other', digest: { sha256: String(made.change).slice(7) } }],
        predicateType: decisionType,
        predicate: { ...made },
      },
      approver,
    );
    expect(expectCodes(readDecision(decisionPath(made.id), recordBytes(about), trust))).toEqual(['SK3404']);
  });

  test('has any byte flipped, cut off or added, but for hints that say nothing about it', async () => {
    const bytes = Buffer.from(await decisionBytes(made, approver));
    const path = decisionPath(made.id);
    const sound = expectValue(readDecision(path, bytes, trust));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ mask;
        const judged = readDecision(path, flipped, trust);
        expect(judged.ok ? judged.value : sound).toEqual(sound);
        expect(readDecision(path, bytes.subarray(0, at), trust).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
    for (const more of [' ', '\n', '{}']) {
      expect(readDecision(path, Buffer.concat([bytes, Buffer.from(more)]), trust).ok).toBe(false);
    }
  });

  test('is whatever bytes there are', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          expect(expectCodes(readDecision('decisions/x.json', bytes, trust))).toEqual(['SK3404']);
        },
      ),
    );
  });
});

test('all that is wrong with the decisions of a commit is told together', async () => {
  const files = [
    await fileOf(decision(), stranger),
    await fileOf(decision({ id: '20261120T110000Z-00000002' }), approver),
    { path: 'decisions/README.md', bytes: async () => success(Buffer.from('hello')) },
    {
      path: 'decisions/gone.json',
      bytes: async () => failure({ code: 'SK2009', severity: 'error', message: 'not here', hint: 'fetch' }),
    },
  ];
  expect(expectCodes(await readDecisions(files, trust))).toEqual(['SK3405', 'SK3404', 'SK2009']);
  expect(expectCodes(await readDecisions(files.slice(1, 2), undefined))).toEqual(['SK3405']);
});

test('one change is decided once; a resource may be held again and again', async () => {
  const ids = ['20261120T110000Z-00000001', '20261120T110000Z-00000002'];
  const all = (more: Partial<Decision>, signer: Signer) =>
    Promise.all(ids.map((id) => fileOf(decision({ id, ...more }), signer)));
  expect(expectCodes(await readDecisions(await all({}, approver), trust))).toEqual(['SK3406']);
  expect((await readDecisions(await all({ type: 'hold', change: null }, operator), trust)).ok).toBe(true);
});

describe('at a moment', () => {
  const verified = (more: Partial<Decision>): VerifiedDecision => ({
    ...decision(more),
    by: ['k'],
    file: 'f',
  });
  const hold = (more: Partial<Decision> = {}) => verified({ type: 'hold', change: null, ...more });
  const resume = (more: Partial<Decision> = {}) => verified({ type: 'resume', change: null, ...more });
  const at = (time: string) => ({ createdAt: time, id: `${time.replaceAll(/[-:]|\.\d+/g, '')}-00000001` });

  test('the newest of hold and resume counts, in whatever order they are read', () => {
    const first = hold(at('2026-11-20T10:00:00.000Z'));
    const second = resume(at('2026-11-20T10:00:01.000Z'));
    const third = hold(at('2026-11-20T10:00:02.000Z'));
    for (const order of [
      [first, second, third],
      [third, second, first],
      [second, third, first],
    ]) {
      expect(decisionsAt(order, now).holdOf(lab)).toBe(third);
    }
    expect(decisionsAt([second, first], now).holdOf(lab)).toBeUndefined();
  });

  test('two of the same second follow each other by their milliseconds, not by chance', () => {
    const held = hold({ id: '20261120T100000Z-ffffffff', createdAt: '2026-11-20T10:00:00.100Z' });
    const resumed = resume({ id: '20261120T100000Z-00000000', createdAt: '2026-11-20T10:00:00.200Z' });
    expect(decisionsAt([held, resumed], now).holdOf(lab)).toBeUndefined();
    const heldAgain = hold({ id: '20261120T100000Z-00000000', createdAt: '2026-11-20T10:00:00.300Z' });
    expect(decisionsAt([heldAgain, held, resumed], now).holdOf(lab)).toBe(heldAgain);
    const sameTime = resume({ id: '20261120T100000Z-ffffffff', createdAt: '2026-11-20T10:00:00.300Z' });
    expect(decisionsAt([sameTime, heldAgain], now).holdOf(lab)).toBe(heldAgain);
  });

  test('what has expired counts for nothing: a hold ends, and what it took back counts again', () => {
    const until = '2026-11-20T12:00:00.000Z';
    const before = new Date('2026-11-20T11:59:59.999Z');
    expect(decisionsAt([hold({ expiresAt: until })], before)).toMatchObject({ validUntil: until });
    expect(decisionsAt([hold({ expiresAt: until })], before).holdOf(lab)).toBeDefined();
    expect(decisionsAt([hold({ expiresAt: until })], now).holdOf(lab)).toBeUndefined();
    expect(decisionsAt([hold({ expiresAt: until })], now).validUntil).toBeNull();
    const change = digestOfBytes('change');
    expect(decisionsAt([verified({ expiresAt: until })], before).allowsEmpty(lab, change)).toBeDefined();
    expect(decisionsAt([verified({ expiresAt: until })], now).allowsEmpty(lab, change)).toBeUndefined();
  });

  test('a decision is about its own resource and change', () => {
    const { allowsEmpty, holdOf } = decisionsAt([verified({}), hold()], now);
    expect(allowsEmpty(lab, digestOfBytes('change'))).toBeDefined();
    expect(allowsEmpty(lab, digestOfBytes('edited'))).toBeUndefined();
    expect(allowsEmpty({ kind: 'AllowList', name: 'other' }, digestOfBytes('change'))).toBeUndefined();
    expect(holdOf({ kind: 'SandboxImageSpec', name: 'lab' })).toBeUndefined();
  });

  test('a hold keeps every change back but an expiry', () => {
    const change = (type: Change['type']): Change => ({
      resource: lab,
      type,
      conditionalOn: null,
      from: null,
      to: '1',
      inputs: {},
      reasons: [],
      digest: digestOfBytes('c'),
      stalled: null,
    });
    const all = (['create', 'revise', 'retire', 'expire'] as const).map(change);
    const stalled = applyHolds(all, decisionsAt([hold()], now)).map(
      (one) => one.stalled?.diagnostics[0]?.code,
    );
    expect(stalled).toEqual(['SK3402', 'SK3402', 'SK3402', undefined]);
  });
});
