import { link, rename, stat } from 'node:fs/promises';
import type { Signer } from '../adapters/signer/signer.ts';
import { ensureKey, openSigner, type Workspace } from '../compose.ts';
import type { OpenTrust } from '../engine/trust/open-trust.ts';
import { type TrustStatement, trustPath, trustProblem, trustRoles } from '../engine/trust/trust.ts';
import { failure, type Result, success } from '../model/result.ts';
import { writeNextTrust } from './work-tree-trust.ts';

/** A key that took the place of another one. */
export interface RotatedKey {
  readonly trust: OpenTrust;
  readonly keyFile: string;
  readonly keyId: string;
  /** Where the old private key lies now. */
  readonly oldKeyFile: string;
}

/**
 * Makes a new key, writes the next trust with it in place of the key in `keyFile`, in all of its roles, and puts it into
 * `keyFile`. The old key is kept beside it until its holder deletes it, since it counts until the new trust has landed.
 * After a kill the next call goes on: the new key lies beside the old one until both files are where they belong.
 */
export async function rotateKey(
  workspace: Workspace,
  trust: OpenTrust,
  keyFile: string,
  rootKeys: readonly Signer[],
): Promise<Result<RotatedKey>> {
  const nextFile = `${keyFile}.next`;
  const next = await ensureKey(nextFile);
  if (!next.ok) {
    return next;
  }
  const { signer } = next.value;
  const begun = Object.hasOwn(trust.newest.signed.keys, signer.keyId);
  const changed = begun ? success(trust) : await replaceInTrust(workspace, trust, keyFile, signer, rootKeys);
  if (!changed.ok) {
    return changed;
  }
  const version = changed.value.newest.signed.version;
  const oldKeyFile = keyFile.replace(/(\.pem)?$/, `.before-trust-${version}$1`);
  try {
    await keepAs(oldKeyFile, keyFile);
    await rename(nextFile, keyFile);
  } catch (error) {
    return failure({
      code: 'SK8004',
      severity: 'error',
      message: `the new key could not be put into ${keyFile}: ${error instanceof Error ? error.message : String(error)}`,
      hint: `see who may write there; then run the command again, which goes on with ${nextFile}`,
      place: { file: keyFile },
      failure: 'stalled',
    });
  }
  return success({ trust: changed.value, keyFile, keyId: signer.keyId, oldKeyFile });
}

async function replaceInTrust(
  workspace: Workspace,
  trust: OpenTrust,
  keyFile: string,
  next: Signer,
  rootKeys: readonly Signer[],
): Promise<Result<OpenTrust>> {
  const { signed } = trust.newest;
  const old = await openSigner({ ...workspace.host, keyFile });
  if (!old.ok) {
    return old;
  }
  const known = Object.hasOwn(signed.keys, old.value.keyId) ? signed.keys[old.value.keyId] : undefined;
  if (known === undefined) {
    const message = `the key ${old.value.keyId} (${keyFile}) is not in ${trustPath(signed.version)}`;
    const hint = 'add it with `sandkiln keys add`; take one out that is lost with `sandkiln keys remove`';
    return failure(trustProblem('SK8018', trustPath(signed.version), message, hint));
  }
  const added = {
    name: known.name,
    publicKeyPem: next.publicKeyPem,
    roles: rolesOf(signed, old.value.keyId),
  };
  const isRoot = added.roles.includes('root');
  const signers = isRoot ? [old.value, next, ...rootKeys] : rootKeys;
  return writeNextTrust(workspace, trust, { add: [added], remove: [old.value.keyId] }, distinct(signers));
}

/** The roles of a key. */
export function rolesOf({ roles }: TrustStatement, keyId: string): readonly (typeof trustRoles)[number][] {
  return trustRoles.filter((role) => roles[role]?.keys.includes(keyId));
}

function distinct(signers: readonly Signer[]): readonly Signer[] {
  return [...new Map(signers.map((signer) => [signer.keyId, signer])).values()];
}

/** A second name for a file; nothing is replaced, and it may have that name already. */
async function keepAs(second: string, file: string): Promise<void> {
  try {
    await link(file, second);
  } catch (error) {
    const [one, two] = await Promise.all([stat(file), stat(second)]);
    if (one.ino !== two.ino) {
      throw error;
    }
  }
}
