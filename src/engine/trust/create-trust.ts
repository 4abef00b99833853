import type { Signer } from '../../adapters/signer/signer.ts';
import { compareCodePoints } from '../../model/json.ts';
import { publicKeyFromPem } from '../../model/public-key.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { signatureOf } from '../attest/sign-envelope.ts';
import {
  type RoleRule,
  type Trust,
  type TrustFile,
  type TrustKey,
  type TrustRole,
  type TrustStatement,
  trustDefect,
  trustEncoding,
  trustPath,
  trustProblem,
  trustRoles,
} from './trust.ts';

/** A key with the roles that it is to have. */
export interface TrustedKey {
  readonly name: string;
  /** SubjectPublicKeyInfo PEM. */
  readonly publicKeyPem: string;
  readonly roles: readonly TrustRole[];
}

/** What the next version changes. Removing and adding in one step is a rotation. */
export interface TrustChange {
  readonly add?: readonly TrustedKey[];
  /** Key ids; they lose every role. */
  readonly remove?: readonly string[];
  /** New thresholds; the others stay. */
  readonly thresholds?: { readonly [Role in TrustRole]?: number };
}

/**
 * `trust/1.json`, signed by the given root keys. SK8017 where the keys and thresholds make no sense together; whether
 * enough root keys have signed is what `verifyTrustChain` says.
 */
export async function createFirstTrust(input: {
  readonly keys: readonly TrustedKey[];
  readonly thresholds?: TrustChange['thresholds'];
  readonly signers: readonly Signer[];
  readonly now: Date;
}): Promise<Result<TrustFile>> {
  const empty = { keys: {}, roles: {} };
  const { keys, thresholds, signers, now } = input;
  const change = { add: keys, ...(thresholds === undefined ? {} : { thresholds }) };
  return signedTrust({ version: 1, previous: null, base: empty, change, signers, now });
}

/** The version after `previous`. It counts once root keys of both versions have signed up to both thresholds. */
export async function nextTrust(input: {
  readonly previous: Trust;
  readonly change: TrustChange;
  readonly signers: readonly Signer[];
  readonly now: Date;
}): Promise<Result<TrustFile>> {
  const { signed, digest } = input.previous;
  const unknown = (input.change.remove ?? []).find((id) => !Object.hasOwn(signed.keys, id));
  const file = trustPath(signed.version + 1);
  return unknown === undefined
    ? signedTrust({ ...input, version: signed.version + 1, previous: digest, base: signed })
    : failure(
        trustProblem(
          'SK8017',
          file,
          `there is no key ${unknown} to remove`,
          'name a key id of the trust file',
        ),
      );
}

/** Adds signatures of further root keys; a key that has signed already replaces its own. */
export async function addTrustSignatures(file: TrustFile, signers: readonly Signer[]): Promise<TrustFile> {
  const encoding = trustEncoding(file.signed);
  const made = await Promise.all(signers.map((signer) => signatureOf(encoding, signer)));
  const kept = file.signatures.filter((old) => made.every((signature) => signature.keyid !== old.keyid));
  const signatures = [...kept, ...made].sort((left, right) =>
    compareCodePoints(left.keyid ?? '', right.keyid ?? ''),
  );
  return { signed: file.signed, signatures };
}

async function signedTrust(input: {
  readonly version: number;
  readonly previous: TrustStatement['previous'];
  readonly base: Pick<TrustStatement, 'keys' | 'roles'>;
  readonly change: TrustChange;
  readonly signers: readonly Signer[];
  readonly now: Date;
}): Promise<Result<TrustFile>> {
  const file = trustPath(input.version);
  const changed = changedKeys(input.base, input.change);
  if (changed === undefined) {
    const hint = 'give SubjectPublicKeyInfo PEM, as `sandkiln keys show` prints it';
    return failure(trustProblem('SK8017', file, 'a key to add is neither Ed25519 nor P-256', hint));
  }
  const signed: TrustStatement = {
    apiVersion: 'sandkiln/v1',
    kind: 'Trust',
    version: input.version,
    previous: input.previous,
    issuedAt: input.now.toISOString(),
    ...changed,
  };
  const defect = trustDefect(signed);
  return defect === undefined
    ? success(await addTrustSignatures({ signed, signatures: [] }, input.signers))
    : failure(
        trustProblem('SK8017', file, `this trust cannot be: ${defect}`, 'change keys, roles or thresholds'),
      );
}

function changedKeys(
  base: Pick<TrustStatement, 'keys' | 'roles'>,
  change: TrustChange,
): Pick<TrustStatement, 'keys' | 'roles'> | undefined {
  const removed = new Set(change.remove);
  const keys = new Map<string, TrustKey>(Object.entries(base.keys).filter(([id]) => !removed.has(id)));
  const members = new Map(
    trustRoles.map((role) => [
      role,
      new Set((base.roles[role]?.keys ?? []).filter((id) => !removed.has(id))),
    ]),
  );
  for (const added of change.add ?? []) {
    const key = publicKeyFromPem(added.publicKeyPem);
    if (key === undefined) {
      return undefined;
    }
    keys.set(key.keyId, { name: added.name, publicKey: key.sshText });
    for (const role of added.roles) {
      members.get(role)?.add(key.keyId);
    }
  }
  const roles = [...members].flatMap(([role, ids]): readonly (readonly [TrustRole, RoleRule])[] => {
    const threshold = change.thresholds?.[role] ?? base.roles[role]?.threshold ?? 1;
    return ids.size === 0 ? [] : [[role, { threshold, keys: [...ids].sort(compareCodePoints) }]];
  });
  return { keys: Object.fromEntries(keys), roles: Object.fromEntries(roles) };
}
