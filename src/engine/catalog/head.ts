import { Buffer } from 'node:buffer';
import type { Signer } from '../../adapters/signer/signer.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type Digest, digestOfBytes, isDigest } from '../../model/digest.ts';
import type { JsonObject } from '../../model/json.ts';
import type { CatalogHead } from '../../model/record.ts';
import { failure, type Result, success } from '../../model/result.ts';
import {
  countShape,
  digestShape,
  hasShape,
  nullable,
  patternShape,
  recordShape,
  timeShape,
} from '../../model/shape.ts';
import { decodeBase64, type Envelope, inTotoPayloadType, isEnvelope } from '../attest/dsse.ts';
import { signStatement } from '../attest/sign-envelope.ts';
import { isStatement, named, statement } from '../attest/statement.ts';
import { isNearlyExpired } from './head-expiry.ts';
import { parseJson } from './parse-record.ts';
import { headPath } from './paths.ts';
import { recordBytes } from './record-bytes.ts';

export const catalogHeadType = 'urn:sandkiln:catalog-head:v1';
/** Name of the statement's subject, whose digest is the catalog's Merkle digest. */
export const catalogSubjectName = 'catalog';
/** How long a head counts unless its repository says otherwise. */
export const defaultHeadValidityMs = 30 * 24 * 60 * 60 * 1000;

/** What a head says, together with the envelope that it was read from. Nothing of it is verified yet. */
export interface ReadHead {
  /** Digest of the bytes of head.json. */
  readonly digest: Digest;
  readonly envelope: Envelope;
  /** Merkle digest that it vouches for. */
  readonly catalogDigest: Digest;
  readonly head: CatalogHead;
}

/** The bytes of `catalog/head.json`: an in-toto Statement about the catalog in a DSSE envelope. */
export async function signHead(
  catalogDigest: Digest,
  head: CatalogHead,
  ...signers: readonly Signer[]
): Promise<Uint8Array> {
  const subject = [named(catalogSubjectName, catalogDigest)];
  return recordBytes(await signStatement(statement(catalogHeadType, subject, head), ...signers));
}

/**
 * The head that follows on `previous`, or nothing where none is due: the catalog is the same and at least a third of
 * the validity is left.
 */
export function followingHead(input: {
  readonly previous: ReadHead | undefined;
  readonly catalogDigest: Digest;
  readonly desiredCommit: string;
  readonly trustVersion: number;
  readonly now: Date;
  readonly validityMs?: number;
}): CatalogHead | undefined {
  const { previous, now } = input;
  const validityMs = input.validityMs ?? defaultHeadValidityMs;
  if (previous?.catalogDigest === input.catalogDigest && !isNearlyExpired(previous.head, now)) {
    return undefined;
  }
  return {
    counter: (previous?.head.counter ?? 0) + 1,
    desiredCommit: input.desiredCommit,
    trustVersion: input.trustVersion,
    previous: previous?.digest ?? null,
    issuedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + validityMs).toISOString(),
  };
}

/** Reads head.json in bounds; SK8031 where it is no signed statement about a catalog. Verifies nothing. */
export function readHead(bytes: Uint8Array): Result<ReadHead> {
  const envelope = parseJson(bytes, headPath);
  if (!envelope.ok) {
    return failure(malformedHead(envelope.diagnostics[0]?.message ?? 'it is not JSON'));
  }
  if (!isEnvelope(envelope.value)) {
    return failure(malformedHead('it is no DSSE envelope'));
  }
  const payload = decodeBase64(envelope.value.payload);
  if (envelope.value.payloadType !== inTotoPayloadType || payload === undefined) {
    return failure(malformedHead('it carries no in-toto Statement'));
  }
  if (!Buffer.from(canonicalEnvelope(envelope.value)).equals(bytes)) {
    return failure(malformedHead('it is not written in its canonical form'));
  }
  return readHeadStatement(payload, envelope.value, digestOfBytes(bytes));
}

function readHeadStatement(payload: Uint8Array, envelope: Envelope, digest: Digest): Result<ReadHead> {
  const parsed = parseJson(payload, headPath);
  const subject = parsed.ok && isStatement(parsed.value) ? parsed.value.subject : [];
  const catalogDigest = `sha256:${subject[0]?.digest['sha256']}`;
  if (
    !parsed.ok ||
    !isStatement(parsed.value) ||
    parsed.value.predicateType !== catalogHeadType ||
    subject.length !== 1 ||
    subject[0]?.name !== catalogSubjectName ||
    !isDigest(catalogDigest)
  ) {
    return failure(malformedHead('its statement is not about a catalog'));
  }
  const predicate: JsonObject = parsed.value.predicate;
  if (!hasShape(headShape, predicate)) {
    const problem = headShape.problem(predicate, '/predicate');
    return failure(malformedHead(`${problem?.pointer} is not ${problem?.expected}`));
  }
  return success({ digest, envelope, catalogDigest, head: predicate });
}

const headShape = recordShape<CatalogHead>({
  counter: countShape,
  desiredCommit: patternShape(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'a commit'),
  trustVersion: countShape,
  previous: nullable(digestShape),
  issuedAt: timeShape,
  expiresAt: timeShape,
});

/** Only what the engine writes: a second text for the same envelope would have another digest. */
function canonicalEnvelope(envelope: Envelope): Uint8Array {
  const { payload, payloadType, signatures } = envelope;
  try {
    return recordBytes({
      payload,
      payloadType,
      signatures: signatures.map(({ keyid, sig }) => ({ ...(keyid === undefined ? {} : { keyid }), sig })),
    });
  } catch {
    return new Uint8Array();
  }
}

function malformedHead(why: string): Diagnostic {
  return {
    code: 'SK8031',
    severity: 'error',
    message: `${headPath} is not a catalog head: ${why}`,
    hint: 'restore the catalog from the last commit that `sandkiln verify` accepts',
    place: { file: headPath },
    failure: 'stalled',
  };
}
