import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Signer } from '../../../src/adapters/signer/signer.ts';
import { recordBytes } from '../../../src/engine/catalog/record-bytes.ts';
import {
  addTrustSignatures,
  createFirstTrust,
  nextTrust,
  type TrustChange,
} from '../../../src/engine/trust/create-trust.ts';
import { keyRule, keysEverIn, type Trust, type TrustRole } from '../../../src/engine/trust/trust.ts';
import { verifyTrustChain } from '../../../src/engine/trust/verify-trust-chain.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { memorySigner } from '../../rig/memory-signer.ts';

const now = new Date('2026-11-20T12:00:00Z');
const [ada, ben, cy] = [memorySigner(), memorySigner('ecdsa-p256'), memorySigner()];

function key(signer: Signer, name: string, ...roles: readonly TrustRole[]) {
  return { name, publicKeyPem: signer.publicKeyPem, roles };
}

async function firstTrust(
  change: { thresholds?: TrustChange['thresholds']; signers?: readonly Signer[] } = {},
) {
  const keys = [key(ada, 'Ada', 'root', 'approver'), key(ben, 'Ben', 'root'), key(cy, 'ci', 'builder')];
  const { signers = [ada], thresholds = {} } = change;
  return recordBytes(expectValue(await createFirstTrust({ keys, thresholds, signers, now })));
}

async function following(previous: Uint8Array, change: TrustChange, signers: readonly Signer[]) {
  return recordBytes(expectValue(await nextTrust({ previous: asTrust(previous), change, signers, now })));
}

function asTrust(bytes: Uint8Array): Trust {
  return { ...JSON.parse(Buffer.from(bytes).toString('utf8')), digest: digestOfBytes(bytes) };
}

function chainOf(...files: readonly Uint8Array[]) {
  return verifyTrustChain(new Map(files.map((bytes, index) => [index + 1, bytes])));
}

describe('the first trust', () => {
  it('gives each role its keys and nobody else', async () => {
    const { latest, pinned } = expectValue(chainOf(await firstTrust()));
    expect(pinned).toBe(false);
    expect(keyRule(latest, 'root').keys.map((one) => one.keyId)).toEqual([ada.keyId, ben.keyId].sort());
    expect(keyRule(latest, 'builder').keys.map((one) => one.keyId)).toEqual([cy.keyId]);
    expect(keyRule(latest, 'heartbeat')).toEqual({ threshold: 1, keys: [] });
  });

  it('is compared with a pin', async () => {
    const bytes = await firstTrust();
    const files = new Map([[1, bytes]]);
    expect(expectValue(verifyTrustChain(files, digestOfBytes(bytes))).pinned).toBe(true);
    expect(expectCodes(verifyTrustChain(files, digestOfBytes('other')))).toEqual(['SK8014']);
  });

  it('needs as many root keys as it says itself', async () => {
    const alone = await firstTrust({ thresholds: { root: 2 } });
    expect(expectCodes(chainOf(alone))).toEqual(['SK8013']);
    const both = recordBytes(await addTrustSignatures(asTrust(alone), [ben]));
    expect(chainOf(both).ok).toBe(true);
    const twice = recordBytes(await addTrustSignatures(asTrust(alone), [ada]));
    expect(expectCodes(chainOf(twice))).toEqual(['SK8013']);
    expect(expectCodes(chainOf(await firstTrust({ signers: [cy] })))).toEqual(['SK8013']);
  });

  it.each([
    ['a threshold out of reach', [key(ada, 'Ada', 'root')], { root: 2 }],
    ['a threshold of none', [key(ada, 'Ada', 'root')], { root: 0 }],
    ['nobody as root', [key(ada, 'Ada', 'builder')], {}],
    ['a key of another kind', [{ name: 'x', publicKeyPem: 'x', roles: ['root'] as const }], {}],
  ])('is refused with %s', async (_, keys, thresholds) => {
    expect(expectCodes(await createFirstTrust({ keys, thresholds, signers: [ada], now }))).toEqual([
      'SK8017',
    ]);
  });
});

describe('a following version', () => {
  const dee = memorySigner();

  it('rotates a key, and old keys are remembered for old records', async () => {
    const one = await firstTrust();
    const two = await following(one, { add: [key(dee, 'ci 2', 'builder')], remove: [cy.keyId] }, [ada]);
    const { latest, versions } = expectValue(chainOf(one, two));
    expect(keyRule(latest, 'builder').keys.map((each) => each.keyId)).toEqual([dee.keyId]);
    expect(keysEverIn(versions, 'builder').map((each) => each.keyId)).toEqual([cy.keyId, dee.keyId]);
  });

  it('needs the root thresholds of the version before and of its own', async () => {
    const one = await firstTrust();
    const replaced: TrustChange = { add: [key(dee, 'Dee', 'root')], remove: [ada.keyId, ben.keyId] };
    expect(expectCodes(chainOf(one, await following(one, replaced, [dee])))).toEqual(['SK8013']);
    expect(expectCodes(chainOf(one, await following(one, replaced, [ada])))).toEqual(['SK8013']);
    expect(chainOf(one, await following(one, replaced, [ada, dee])).ok).toBe(true);
  });

  it('that leaves a gap, names another predecessor or repeats one is refused', async () => {
    const [one, other] = [await firstTrust(), await firstTrust({ signers: [ben] })];
    const two = await following(one, { thresholds: { root: 2 } }, [ada, ben]);
    expect(expectCodes(chainOf(other, two))).toEqual(['SK8012']);
    expect(expectCodes(chainOf(one, one))).toEqual(['SK8012']);
    expect(
      expectCodes(
        verifyTrustChain(
          new Map([
            [1, one],
            [3, two],
          ]),
        ),
      ),
    ).toEqual(['SK8012']);
    expect(expectCodes(verifyTrustChain(new Map([[2, two]])))).toEqual(['SK8010']);
  });

  it('cannot remove a key that is not there', async () => {
    const previous = asTrust(await firstTrust());
    expect(
      expectCodes(await nextTrust({ previous, change: { remove: ['x'] }, signers: [ada], now })),
    ).toEqual(['SK8017']);
  });
});

it('no flipped byte of a trust file goes unseen', async () => {
  const one = Buffer.from(await firstTrust());
  fc.assert(
    fc.property(fc.nat(one.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const flipped = Buffer.from(one);
      flipped[at] = (flipped[at] ?? 0) ^ mask;
      // The anchor of a pinned chain is the digest of the bytes; without a pin only the key id hint may change freely.
      expect(verifyTrustChain(new Map([[1, flipped]]), digestOfBytes(one)).ok).toBe(false);
    }),
  );
});

it('statements that lie about a key are refused though signed', async () => {
  const { signed } = asTrust(await firstTrust());
  const keys = {
    ...signed.keys,
    [cy.keyId]: { name: 'ci', publicKey: signed.keys[ada.keyId]?.publicKey ?? '' },
  };
  const forged = await addTrustSignatures({ signed: { ...signed, keys }, signatures: [] }, [ada]);
  expect(expectCodes(chainOf(recordBytes(forged)))).toEqual(['SK8011']);
});
