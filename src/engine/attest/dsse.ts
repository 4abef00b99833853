import { Buffer } from 'node:buffer';
import { isJsonObject } from '../../model/json.ts';

/** A DSSE envelope (secure-systems-lab/dsse, envelope.md v1.0.2): signed bytes with their type. */
export interface Envelope {
  readonly payloadType: string;
  /** Base64 of the signed bytes. */
  readonly payload: string;
  readonly signatures: readonly EnvelopeSignature[];
}

export interface EnvelopeSignature {
  /** OpenSSH fingerprint; a hint that nothing is decided by. */
  readonly keyid?: string;
  readonly sig: string;
}

/** Payload type of in-toto Statements. */
export const inTotoPayloadType = 'application/vnd.in-toto+json';

/** Pre-authentication encoding (DSSE protocol.md): what is signed. Lengths count bytes. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.length} `),
    payload,
  ]);
}

/** Whether parsed JSON has an envelope's shape, in bounds: 1 to 16 signatures. Unknown fields are left alone. */
export function isEnvelope(value: unknown): value is Envelope {
  return (
    isJsonObject(value) &&
    typeof value['payloadType'] === 'string' &&
    typeof value['payload'] === 'string' &&
    Array.isArray(value['signatures']) &&
    value['signatures'].length >= 1 &&
    value['signatures'].length <= 16 &&
    value['signatures'].every(isEnvelopeSignature)
  );
}

/** Standard or URL-safe base64, padded or not; nothing where a character is of neither alphabet. */
export function decodeBase64(text: string): Buffer | undefined {
  const bare = text.replace(/={0,2}$/, '');
  if (!(/^[A-Za-z0-9+/]*$/.test(bare) || /^[A-Za-z0-9_-]*$/.test(bare)) || bare.length % 4 === 1) {
    return undefined;
  }
  const bytes = Buffer.from(bare, 'base64');
  // Spare bits of the last character must be zero, so that no two texts stand for the same bytes.
  return bytes.toString('base64').replace(/=+$/, '') === bare.replace(/-/g, '+').replace(/_/g, '/')
    ? bytes
    : undefined;
}

function isEnvelopeSignature(value: unknown): boolean {
  return (
    isJsonObject(value) &&
    typeof value['sig'] === 'string' &&
    (value['keyid'] === undefined || typeof value['keyid'] === 'string')
  );
}
