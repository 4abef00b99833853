import type { PublicKey } from '../../model/public-key.ts';
import { verifiesWith } from '../../model/public-key.ts';
import { decodeBase64, type Envelope, type EnvelopeSignature, preAuthEncoding } from './dsse.ts';

/** Which keys count and how many of them must have signed. */
export interface KeyRule {
  readonly threshold: number;
  readonly keys: readonly PublicKey[];
}

/** What an envelope proves: the bytes to read, and who signed them. */
export type EnvelopeVerdict =
  | { readonly verified: true; readonly payload: Uint8Array; readonly signedBy: readonly PublicKey[] }
  | { readonly verified: false; readonly why: string };

/**
 * Checks an envelope against a rule (DSSE protocol.md): enough distinct keys, whatever the key ids say. The verdict's
 * payload is the one that was checked; callers parse nothing else.
 */
export function verifyEnvelope(envelope: Envelope, payloadType: string, rule: KeyRule): EnvelopeVerdict {
  if (envelope.payloadType !== payloadType) {
    return {
      verified: false,
      why: `the payload type is ${JSON.stringify(envelope.payloadType.slice(0, 80))}`,
    };
  }
  const payload = decodeBase64(envelope.payload);
  if (payload === undefined) {
    return { verified: false, why: 'the payload is not base64' };
  }
  const signedBy = keysThatSigned(preAuthEncoding(payloadType, payload), envelope.signatures, rule.keys);
  return rule.threshold >= 1 && signedBy.length >= rule.threshold
    ? { verified: true, payload, signedBy }
    : { verified: false, why: shortfall(signedBy.length, rule) };
}

/** The distinct keys of `keys` that made one of the signatures over `encoding`. */
export function keysThatSigned(
  encoding: Uint8Array,
  signatures: readonly EnvelopeSignature[],
  keys: readonly PublicKey[],
): readonly PublicKey[] {
  const decoded = signatures.map((signature) => decodeBase64(signature.sig));
  const distinct = new Map(keys.map((key) => [key.keyId, key]));
  return [...distinct.values()].filter((key) =>
    decoded.some((signature) => signature !== undefined && verifiesWith(key, encoding, signature)),
  );
}

/** `1 of the 2 signatures that are needed`. */
export function shortfall(count: number, rule: KeyRule): string {
  return `${count} of ${Math.max(rule.threshold, 1)} needed signatures by keys that count (${rule.keys.length} do)`;
}
