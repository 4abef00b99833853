import { canonicalJson } from '../../model/canonical-json.ts';
import type { Diagnostic, DiagnosticCode } from '../../model/diagnostic.ts';
import type { Digest } from '../../model/digest.ts';
import { type PublicKey, publicKeyFromSshText } from '../../model/public-key.ts';
import {
  countShape,
  digestShape,
  guardShape,
  listShape,
  literalShape,
  mapShape,
  nullable,
  optional,
  recordShape,
  type Shape,
  textShape,
  timeShape,
} from '../../model/shape.ts';
import { type EnvelopeSignature, preAuthEncoding } from '../attest/dsse.ts';
import type { KeyRule } from '../attest/verify-envelope.ts';

export const trustPayloadType = 'application/vnd.sandkiln.trust+json';

/** What a key may be used for. A key may have several roles. */
export const trustRoles = ['root', 'builder', 'approver', 'operator', 'promoter', 'heartbeat'] as const;
export type TrustRole = (typeof trustRoles)[number];

/** `trust/<version>.json`: which keys count and how many of them, readable and signed. */
export interface TrustFile {
  readonly signed: TrustStatement;
  /** Over the DSSE pre-authentication encoding of {@link trustPayloadType} and the RFC 8785 text of `signed`. */
  readonly signatures: readonly EnvelopeSignature[];
}

export interface TrustStatement {
  readonly apiVersion: 'sandkiln/v1';
  readonly kind: 'Trust';
  /** 1, 2, 3 …; the file's name. */
  readonly version: number;
  /** Digest of the bytes of the previous file; null in the first. */
  readonly previous: Digest | null;
  readonly issuedAt: string;
  /** By key id, which is the OpenSSH fingerprint of the key. */
  readonly keys: Readonly<Record<string, TrustKey>>;
  /** A role that is not there has no keys: nothing that needs it passes. */
  readonly roles: { readonly [Role in TrustRole]?: RoleRule | undefined };
}

export interface TrustKey {
  /** Whose key it is, for people. */
  readonly name: string;
  /** OpenSSH public key text without a comment. */
  readonly publicKey: string;
}

export interface RoleRule {
  /** How many distinct keys of the role must sign. */
  readonly threshold: number;
  /** Sorted key ids. */
  readonly keys: readonly string[];
}

/** A trust file that was parsed, with the digest of its bytes. */
export interface Trust extends TrustFile {
  readonly digest: Digest;
}

export function trustPath(version: number): string {
  return `trust/${version}.json`;
}

/** The bytes that root keys sign. */
export function trustEncoding(signed: TrustStatement): Uint8Array {
  return preAuthEncoding(trustPayloadType, new TextEncoder().encode(canonicalJson(signed)));
}

/** The keys and the threshold of a role; a role that nobody has gives a rule that nothing fulfils. */
export function keyRule(trust: { readonly signed: TrustStatement }, role: TrustRole): KeyRule {
  const rule = Object.hasOwn(trust.signed.roles, role) ? trust.signed.roles[role] : undefined;
  return {
    threshold: rule?.threshold ?? 1,
    keys: (rule?.keys ?? []).flatMap((id) => keyOf(trust.signed, id) ?? []),
  };
}

/** Every key of every version in a role, for what was signed when another version was in force. */
export function keysEverIn(versions: readonly Trust[], role: TrustRole): readonly PublicKey[] {
  const keys = versions.flatMap((trust) => keyRule(trust, role).keys);
  return [...new Map(keys.map((key) => [key.keyId, key])).values()];
}

/** Why a statement makes no sense of itself, or nothing: unknown ids, thresholds out of reach, a root without keys. */
export function trustDefect(signed: TrustStatement): string | undefined {
  const wrongKey = Object.keys(signed.keys).find((id) => keyOf(signed, id) === undefined);
  if (wrongKey !== undefined) {
    return `the key ${wrongKey} is not an Ed25519 or P-256 key with that fingerprint`;
  }
  for (const role of trustRoles) {
    const rule = Object.hasOwn(signed.roles, role) ? signed.roles[role] : undefined;
    if (rule === undefined) {
      continue;
    }
    const unknown = rule.keys.find((id) => !Object.hasOwn(signed.keys, id));
    if (unknown !== undefined) {
      return `the role ${role} names the unknown key ${unknown}`;
    }
    if (new Set(rule.keys).size !== rule.keys.length) {
      return `the role ${role} names a key twice`;
    }
    if (rule.threshold < 1 || rule.threshold > rule.keys.length) {
      return `the role ${role} needs ${rule.threshold} signatures and has ${rule.keys.length} keys`;
    }
  }
  return signed.roles.root === undefined ? 'no key has the role root' : undefined;
}

export function trustProblem(code: DiagnosticCode, file: string, message: string, hint: string): Diagnostic {
  return { code, severity: 'error', message, hint, place: { file }, failure: 'stalled' };
}

function keyOf(signed: TrustStatement, id: string): PublicKey | undefined {
  const text = Object.hasOwn(signed.keys, id) ? signed.keys[id]?.publicKey : undefined;
  const key = text === undefined ? undefined : publicKeyFromSshText(text);
  return key?.keyId === id && key.sshText === text ? key : undefined;
}

const roleShape: Shape<RoleRule> = recordShape<RoleRule>({
  threshold: countShape,
  keys: listShape(textShape(100), 64),
});
const optionalRole: Shape<RoleRule | undefined> = optional(roleShape);

/** Shape of a trust file: at most 64 keys and 16 signatures. */
export const trustFileShape: Shape<TrustFile> = recordShape<TrustFile>({
  signed: recordShape<TrustStatement>({
    apiVersion: literalShape('sandkiln/v1'),
    kind: literalShape('Trust'),
    version: countShape,
    previous: nullable(digestShape),
    issuedAt: timeShape,
    keys: mapShape(recordShape<TrustKey>({ name: textShape(200), publicKey: textShape(1000) }), 64),
    roles: recordShape({
      root: optionalRole,
      builder: optionalRole,
      approver: optionalRole,
      operator: optionalRole,
      promoter: optionalRole,
      heartbeat: optionalRole,
    }),
  }),
  signatures: listShape(
    guardShape(
      (value): value is EnvelopeSignature =>
        typeof value === 'object' &&
        value !== null &&
        'sig' in value &&
        typeof value.sig === 'string' &&
        'keyid' in value &&
        typeof value.keyid === 'string',
      'a signature with keyid and sig',
    ),
    16,
  ),
});
