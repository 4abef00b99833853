import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Signer } from '../adapters/signer/signer.ts';
import { openSigner, rootKeyFile, type Workspace } from '../compose.ts';
import { recordBytes } from '../engine/catalog/record-bytes.ts';
import { addTrustSignatures, nextTrust, type TrustChange } from '../engine/trust/create-trust.ts';
import { type OpenTrust, openTrust } from '../engine/trust/open-trust.ts';
import { keyRule, type TrustFile, trustPath, trustProblem } from '../engine/trust/trust.ts';
import { failure, type Result, success } from '../model/result.ts';
import { makeFolders } from './make-folders.ts';
import { replaceFile } from './replace-file.ts';

const trustFile = /^([1-9][0-9]{0,5})\.json$/;

/** The trust as it stands in the work tree, where the next version is written. */
export async function readWorkTreeTrust({ git, host }: Workspace): Promise<Result<OpenTrust>> {
  const root = git.workTree;
  if (root === undefined) {
    return failure({
      code: 'SK9030',
      severity: 'error',
      message: `${git.gitDirectory} is a bare repository: there is no work tree with a trust`,
      hint: 'run it in a clone of it',
    });
  }
  const files = await readTrustFolder(join(root, 'trust'));
  return files.ok ? openTrust(files.value, host.trustPin) : files;
}

async function readTrustFolder(folder: string): Promise<Result<ReadonlyMap<number, Uint8Array>>> {
  const files = new Map<number, Uint8Array>();
  try {
    for (const name of await readdir(folder)) {
      const version = trustFile.exec(name)?.[1];
      if (version !== undefined) {
        files.set(Number(version), await readFile(join(folder, name)));
      }
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `the trust cannot be read: ${why}`;
      return failure(trustProblem('SK8011', folder, message, 'check owner and mode of the folder'));
    }
  }
  return success(files);
}

/**
 * Writes the version after the newest, signed by the root keys that are here. SK8017 where the change makes no sense or
 * the newest version still waits for signatures, SK8018 where no root key is here, SK9026 where nothing can be written.
 */
export async function writeNextTrust(
  workspace: Workspace,
  before: OpenTrust,
  change: TrustChange,
  signers: readonly Signer[],
): Promise<Result<OpenTrust>> {
  const { newest, shortfalls } = before;
  const version = newest.signed.version;
  if (shortfalls.length > 0) {
    const message = `${trustPath(version)} is not signed yet: ${shortfalls.join('; ')}`;
    const hint =
      'have the missing root keys sign with `sandkiln keys sign`, or delete the file to take it back';
    return failure(trustProblem('SK8017', trustPath(version), message, hint));
  }
  const made = await nextTrust({ previous: newest, change, signers: [], now: new Date() });
  if (!made.ok) {
    return made;
  }
  const counting = signers.filter(({ keyId }) =>
    [newest, made.value].some((trust) => keyRule(trust, 'root').keys.some((key) => key.keyId === keyId)),
  );
  return counting.length === 0
    ? noRootKey(version)
    : placeTrust(workspace, await addTrustSignatures(made.value, counting));
}

/** Adds the signatures of root keys that are here to the newest version. SK8018 where none of them counts. */
export async function signNewestTrust(
  workspace: Workspace,
  { newest, previous }: OpenTrust,
  signers: readonly Signer[],
): Promise<Result<OpenTrust>> {
  const judges = previous === undefined ? [newest] : [previous, newest];
  const counting = signers.filter(({ keyId }) =>
    judges.some((trust) => keyRule(trust, 'root').keys.some((key) => key.keyId === keyId)),
  );
  return counting.length === 0
    ? noRootKey(newest.signed.version)
    : placeTrust(workspace, await addTrustSignatures(newest, counting));
}

/** The keys in the given files; without any, the root key of this host where it has one. */
export async function rootSigners(
  { host }: Workspace,
  files: readonly string[],
): Promise<Result<readonly Signer[]>> {
  const signers: Signer[] = [];
  for (const keyFile of files.length === 0 ? [rootKeyFile(host)] : files) {
    const signer = await openSigner({ ...host, keyFile });
    const isAbsent = !signer.ok && files.length === 0 && signer.diagnostics[0]?.code === 'SK8001';
    if (!signer.ok && !isAbsent) {
      return signer;
    }
    signers.push(...(signer.ok ? [signer.value] : []));
  }
  return success(signers);
}

async function placeTrust(workspace: Workspace, file: TrustFile): Promise<Result<OpenTrust>> {
  const folder = join(workspace.git.workTree ?? '', 'trust');
  const made = await makeFolders(folder);
  // Whole or not at all: half a trust file would stop every verification in this work tree.
  const placed = made.ok
    ? await replaceFile(join(folder, `${file.signed.version}.json`), recordBytes(file))
    : made;
  return placed.ok ? readWorkTreeTrust(workspace) : placed;
}

function noRootKey(version: number): Result<never> {
  const message = `no key that is here has the role root in ${trustPath(version)}`;
  const hint = 'name the file of a root key with --root-key';
  return failure(trustProblem('SK8018', trustPath(version), message, hint));
}
