import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeBase64,
  inTotoPayloadType,
  isEnvelope,
  preAuthEncoding,
} from '../../../src/engine/attest/dsse.ts';
import { signEnvelope } from '../../../src/engine/attest/sign-envelope.ts';
import { verifyEnvelope } from '../../../src/engine/attest/verify-envelope.ts';
import { memorySigner, publicKeyOf } from '../../rig/memory-signer.ts';

const type = inTotoPayloadType;
const payload = Buffer.from('{"a":"ü"}');

it('lengths of the encoding count bytes', () => {
  expect(preAuthEncoding('tüp', Buffer.from('ä')).toString()).toBe('DSSEv1 4 tüp 2 ä');
  expect(preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
    'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  );
});

describe('an envelope', () => {
  it('verifies in standard and in URL-safe base64, whatever its key ids say', async () => {
    const signer = memorySigner();
    const rule = { threshold: 1, keys: [publicKeyOf(signer)] };
    const bytes = Buffer.from([0xfb, 0xff, 0xfe, 0x3e, 0x3f]);
    const envelope = await signEnvelope(type, bytes, signer);
    const urlSafe = (text: string): string =>
      text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    const other = {
      payloadType: type,
      payload: urlSafe(envelope.payload),
      signatures: envelope.signatures.map((one) => ({ keyid: 'SHA256:wrong', sig: urlSafe(one.sig) })),
    };
    for (const one of [
      envelope,
      other,
      { ...other, signatures: other.signatures.map(({ sig }) => ({ sig })) },
    ]) {
      const verdict = verifyEnvelope(one, type, rule);
      expect(verdict.verified && Buffer.from(verdict.payload)).toEqual(bytes);
    }
  });

  it('of two signatures by one key counts once, of two keys twice', async () => {
    const [one, two] = [memorySigner(), memorySigner('ecdsa-p256')];
    const rule = { threshold: 2, keys: [publicKeyOf(one), publicKeyOf(two), publicKeyOf(one)] };
    const twice = await signEnvelope(type, payload, one, one);
    const both = await signEnvelope(type, payload, one, two);
    const renamed = {
      ...twice,
      signatures: twice.signatures.map((each, index) => ({ ...each, keyid: `${index}` })),
    };
    expect(verifyEnvelope(twice, type, rule).verified).toBe(false);
    expect(verifyEnvelope(renamed, type, rule).verified).toBe(false);
    expect(verifyEnvelope(both, type, rule).verified).toBe(true);
  });

  it('of another payload type, by a stranger, or under a rule of nobody is refused', async () => {
    const signer = memorySigner();
    const envelope = await signEnvelope('text/plain', payload, signer);
    const rule = { threshold: 1, keys: [publicKeyOf(signer)] };
    expect(verifyEnvelope(envelope, type, rule).verified).toBe(false);
    expect(verifyEnvelope({ ...envelope, payloadType: type }, type, rule).verified).toBe(false);
    const own = await signEnvelope(type, payload, signer);
    expect(verifyEnvelope(own, type, { threshold: 1, keys: [publicKeyOf(memorySigner())] }).verified).toBe(
      false,
    );
    expect(verifyEnvelope(own, type, { threshold: 0, keys: rule.keys }).verified).toBe(false);
    expect(verifyEnvelope(own, type, { threshold: 1, keys: [] }).verified).toBe(false);
  });

  it('survives no flipped byte of payload or signature', async () => {
    const signer = memorySigner();
    const rule = { threshold: 1, keys: [publicKeyOf(signer)] };
    const envelope = await signEnvelope(type, payload, signer);
    const signature = Buffer.from(envelope.signatures[0]?.sig ?? '', 'base64');
    fc.assert(
      fc.property(
        fc.nat(payload.length + signature.length - 1),
        fc.integer({ min: 1, max: 255 }),
        (at, mask) => {
          const [body, sig] = [Buffer.from(payload), Buffer.from(signature)];
          const [target, index] = at < body.length ? [body, at] : [sig, at - body.length];
          target[index] = (target[index] ?? 0) ^ mask;
          const tampered = {
            payloadType: type,
            payload: body.toString('base64'),
            signatures: [{ keyid: signer.keyId, sig: sig.toString('base64') }],
          };
          expect(verifyEnvelope(tampered, type, rule).verified).toBe(false);
        },
      ),
    );
  });
});

describe('base64', () => {
  it('is read as others write it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const buffer = Buffer.from(bytes);
        expect(decodeBase64(buffer.toString('base64'))).toEqual(buffer);
        expect(decodeBase64(buffer.toString('base64url'))).toEqual(buffer);
      }),
    );
  });
  it.each(['a', 'ab c', 'ab+_', '=ab', 'ab\n', 'aR'])('of another form is refused: %j', (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });
});

it.each([
  null,
  [],
  {},
  { payloadType: 1, payload: '', signatures: [{ sig: '' }] },
  { payloadType: '', payload: '', signatures: [] },
  { payloadType: '', payload: '', signatures: [{ sig: 1 }] },
  { payloadType: '', payload: '', signatures: Array(17).fill({ sig: '' }) },
])('is no envelope: %j', (value) => {
  expect(isEnvelope(value)).toBe(false);
});
