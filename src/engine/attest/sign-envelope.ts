import { Buffer } from 'node:buffer';
import type { Signer } from '../../adapters/signer/signer.ts';
import { canonicalJson } from '../../model/canonical-json.ts';
import { type Envelope, inTotoPayloadType, preAuthEncoding } from './dsse.ts';
import type { Statement } from './statement.ts';

/** Signs a Statement: its RFC 8785 text is the payload. One signature for each signer, in their order. */
export async function signStatement(
  statement: Statement<object>,
  ...signers: readonly Signer[]
): Promise<Envelope> {
  return signEnvelope(inTotoPayloadType, Buffer.from(canonicalJson(statement), 'utf8'), ...signers);
}

/** Puts bytes of a type in a DSSE envelope, signed by each of the signers. */
export async function signEnvelope(
  payloadType: string,
  payload: Uint8Array,
  ...signers: readonly Signer[]
): Promise<Envelope> {
  if (signers.length === 0) {
    throw new TypeError('an envelope needs a signer');
  }
  return {
    payloadType,
    payload: Buffer.from(payload).toString('base64'),
    signatures: await Promise.all(
      signers.map((signer) => signatureOf(preAuthEncoding(payloadType, payload), signer)),
    ),
  };
}

/** One entry of an envelope's signatures over a pre-authentication encoding. */
export async function signatureOf(
  encoding: Uint8Array,
  signer: Signer,
): Promise<{ readonly keyid: string; readonly sig: string }> {
  return { keyid: signer.keyId, sig: Buffer.from(await signer.sign(encoding)).toString('base64') };
}
