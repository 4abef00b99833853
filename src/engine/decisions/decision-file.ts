import { Buffer } from 'node:buffer';
import type { Signer } from '../../adapters/signer/signer.ts';
import { canonicalJson } from '../../model/canonical-json.ts';
import type { Decision, DecisionType, VerifiedDecision } from '../../model/decision.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { digestOfBytes } from '../../model/digest.ts';
import { identityText, type ResourceIdentity } from '../../model/resource.ts';
import { failure, type Result, success } from '../../model/result.ts';
import {
  digestShape,
  guardShape,
  hasShape,
  nullable,
  recordShape,
  type Shape,
  textShape,
  timeShape,
  unionShape,
} from '../../model/shape.ts';
import { decodeBase64, type Envelope, inTotoPayloadType, isEnvelope } from '../attest/dsse.ts';
import { signStatement } from '../attest/sign-envelope.ts';
import { isStatement, named, type Statement, statement } from '../attest/statement.ts';
import { type KeyRule, verifyEnvelope } from '../attest/verify-envelope.ts';
import { parseJson } from '../catalog/parse-record.ts';
import { isResourceName, isRunId } from '../catalog/paths.ts';
import { recordBytes } from '../catalog/record-bytes.ts';
import { keyRule, type Trust, type TrustRole } from '../trust/trust.ts';

export const decisionType = 'urn:sandkiln:decision:v1';
export const decisionsFolder = 'decisions';

/** The role whose keys can decide so. */
const roleOfDecision: Readonly<Record<DecisionType, TrustRole>> = {
  hold: 'operator',
  resume: 'operator',
  'allow-empty': 'approver',
};

/** The keys that can decide so, the given one among them; SK8018 where it is not. */
export function ruleForDecider(
  type: DecisionType,
  trust: Trust,
  { keyId, keyFile }: { readonly keyId: string; readonly keyFile: string },
): Result<KeyRule> {
  const role = roleOfDecision[type];
  const rule = keyRule(trust, role);
  return rule.keys.some((key) => key.keyId === keyId)
    ? success(rule)
    : failure({
        code: 'SK8018',
        severity: 'error',
        message: `the key ${keyId} (${keyFile}) has no role ${role}, which ${type} needs`,
        hint: `have a root key give it: sandkiln keys add FILE --role ${role}`,
        failure: 'stalled',
      });
}

/** `decisions/<yyyy>/<mm>/<id>.json`, by the date in the id. */
export function decisionPath(id: string): string {
  return `${decisionsFolder}/${id.slice(0, 4)}/${id.slice(4, 6)}/${id}.json`;
}

/** A decision, signed: the bytes of its file. */
export async function decisionBytes(decision: Decision, signer: Signer): Promise<Uint8Array> {
  return recordBytes(await signStatement(statementOf(decision), signer));
}

/**
 * Reads a decision's file and judges it by a trust: SK3404 where it is none or stands in the wrong place, SK3405 where
 * too few keys of the role have signed it.
 */
export function readDecision(file: string, bytes: Uint8Array, trust: Trust): Result<VerifiedDecision> {
  const parsed = parseDecision(file, bytes);
  if (!parsed.ok) {
    return parsed;
  }
  const { envelope, claimed } = parsed.value;
  const role = roleOfDecision[claimed.type];
  const verdict = verifyEnvelope(envelope, inTotoPayloadType, keyRule(trust, role));
  const decision = verdict.verified ? decisionIn(verdict.payload, file) : undefined;
  return verdict.verified && decision !== undefined
    ? success({ ...decision, by: verdict.signedBy.map(({ keyId }) => keyId), file })
    : failure(notEntitled(file, claimed, role, verdict.verified ? '' : verdict.why));
}

/** A file that has the form of a decision: what it claims says whose signature it needs, and proves nothing yet. */
export function parseDecision(
  file: string,
  bytes: Uint8Array,
): Result<{ readonly envelope: Envelope; readonly payload: Uint8Array; readonly claimed: Decision }> {
  const parsed = parseJson(bytes, file, decisionLimitBytes);
  const envelope = parsed.ok && isEnvelope(parsed.value) ? parsed.value : undefined;
  if (envelope === undefined || !Buffer.from(recordBytes(envelope)).equals(bytes)) {
    return failure(noDecision(file, 'it is not one DSSE envelope in canonical form'));
  }
  const payload = decodeBase64(envelope.payload);
  const claimed = payload === undefined ? undefined : decisionIn(payload, file);
  if (payload === undefined || claimed === undefined) {
    return failure(noDecision(file, 'its statement is not a decision that this version knows'));
  }
  return decisionPath(claimed.id) === file
    ? success({ envelope, payload, claimed })
    : failure(noDecision(file, `it is the decision ${claimed.id}`));
}

/** Largest file of a decision that is read. */
export const decisionLimitBytes = 64 * 1024;

function decisionIn(payload: Uint8Array, file: string): Decision | undefined {
  const parsed = parseJson(payload, file, decisionLimitBytes);
  if (!parsed.ok || !isStatement(parsed.value) || parsed.value.predicateType !== decisionType) {
    return undefined;
  }
  const { predicate } = parsed.value;
  if (!hasShape(decisionShape, predicate)) {
    return undefined;
  }
  // Every field counts: one that this version does not know might limit what was decided.
  return canonicalJson(statementOf(predicate)) === canonicalJson(parsed.value) ? predicate : undefined;
}

function statementOf({
  id,
  type,
  resource,
  change,
  reason,
  createdAt,
  expiresAt,
}: Decision): Statement<Decision> {
  const name = identityText(resource);
  return statement(decisionType, [named(name, change ?? digestOfBytes(name))], {
    id,
    type,
    resource: { kind: resource.kind, name: resource.name },
    change,
    reason,
    createdAt,
    expiresAt,
  });
}

/** Longest reason, in UTF-16 units. */
export const reasonLimit = 1000;

const decisionShape: Shape<Decision> = recordShape<Decision>({
  id: guardShape(isRunId, 'an id'),
  type: unionShape<DecisionType>({ hold: true, resume: true, 'allow-empty': true }),
  resource: recordShape<ResourceIdentity>({
    kind: guardShape(
      (value): value is string => typeof value === 'string' && /^[A-Z][A-Za-z]{0,62}$/.test(value),
      'a kind',
    ),
    name: guardShape(isResourceName, 'a resource name'),
  }),
  change: nullable(digestShape),
  reason: textShape(reasonLimit),
  createdAt: timeShape,
  expiresAt: nullable(timeShape),
});

export function noDecision(file: string, why: string): Diagnostic {
  return {
    code: 'SK3404',
    severity: 'error',
    message: `${file} is not a decision: ${why}`,
    hint: 'remove the file, or restore it from the commit that wrote it; decisions are written by `sandkiln hold`, `resume` and `allow-empty`',
    place: { file },
    failure: 'stalled',
  };
}

function notEntitled(file: string, { type, resource }: Decision, role: TrustRole, why: string): Diagnostic {
  return {
    code: 'SK3405',
    severity: 'error',
    message: `the decision ${type} of ${identityText(resource)} in ${file} is not signed by keys of the role ${role}: ${why}`,
    hint: `have somebody with that role run \`sandkiln countersign ${file}\` and commit it, or remove the file`,
    place: { file },
    failure: 'stalled',
  };
}
