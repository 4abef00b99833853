import { Buffer } from 'node:buffer';
import { failure, type Result, success } from '../../model/result.ts';
import { type Envelope, isEnvelope } from '../attest/dsse.ts';
import { attestationsBytes } from '../attest/image-attestations.ts';
import { parseJson } from './parse-record.ts';

const envelopeLimit = 100;

/** The envelopes of an `attestations.intoto.jsonl`; SK8020 where it is not exactly what the engine writes. */
export function parseAttestations(bytes: Uint8Array, file: string): Result<readonly Envelope[]> {
  const lines = Buffer.from(bytes).toString('utf8').split('\n').slice(0, -1);
  const envelopes = lines.slice(0, envelopeLimit).flatMap((line) => {
    const parsed = parseJson(Buffer.from(line, 'utf8'), file);
    return parsed.ok && isEnvelope(parsed.value) ? [parsed.value] : [];
  });
  return envelopes.length > 0 && isExact(envelopes, bytes)
    ? success(envelopes)
    : failure({
        code: 'SK8020',
        severity: 'error',
        message: `${file} is not a list of DSSE envelopes in canonical form`,
        hint: 'restore the file from the commit that wrote it',
        place: { file },
      });
}

function isExact(envelopes: readonly Envelope[], bytes: Uint8Array): boolean {
  try {
    return Buffer.from(attestationsBytes(envelopes)).equals(bytes);
  } catch {
    return false;
  }
}
