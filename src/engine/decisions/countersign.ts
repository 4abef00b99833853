import type { Signer } from '../../adapters/signer/signer.ts';
import type { Decision } from '../../model/decision.ts';
import { type Result, success } from '../../model/result.ts';
import { inTotoPayloadType, preAuthEncoding } from '../attest/dsse.ts';
import { signatureOf } from '../attest/sign-envelope.ts';
import { keysThatSigned } from '../attest/verify-envelope.ts';
import { recordBytes } from '../catalog/record-bytes.ts';
import type { Trust } from '../trust/trust.ts';
import { parseDecision, ruleForDecider } from './decision-file.ts';

/** A decision with one more signature. */
export interface Countersigned {
  readonly decision: Decision;
  /** Of its file; the same as before where the key had signed already. */
  readonly bytes: Uint8Array;
  /** Distinct keys of the role that have signed. */
  readonly signatures: number;
  readonly needed: number;
}

/**
 * Adds a signature to a decision, for roles that take more than one (DSSE: an envelope has any number of signatures).
 * SK3404 for a file that is no decision, SK8018 where the trust gives the key not the role that it needs.
 */
export async function countersign(
  file: string,
  bytes: Uint8Array,
  trust: Trust,
  signer: Signer,
  keyFile: string,
): Promise<Result<Countersigned>> {
  const parsed = parseDecision(file, bytes);
  if (!parsed.ok) {
    return parsed;
  }
  const { envelope, claimed, payload } = parsed.value;
  const rule = ruleForDecider(claimed.type, trust, { keyId: signer.keyId, keyFile });
  if (!rule.ok) {
    return rule;
  }
  const { keys, threshold } = rule.value;
  const own = keys.filter(({ keyId }) => keyId === signer.keyId);
  const encoding = preAuthEncoding(inTotoPayloadType, payload);
  const hasSigned = keysThatSigned(encoding, envelope.signatures, own).length > 0;
  const signatures = hasSigned
    ? envelope.signatures
    : [...envelope.signatures, await signatureOf(encoding, signer)];
  return success({
    decision: claimed,
    bytes: recordBytes({ ...envelope, signatures }),
    signatures: keysThatSigned(encoding, signatures, keys).length,
    needed: threshold,
  });
}
