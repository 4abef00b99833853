import { resolve } from 'node:path';
import { rootKeyFile, type Workspace } from '../compose.ts';
import type { TrustChange } from '../engine/trust/create-trust.ts';
import type { OpenTrust } from '../engine/trust/open-trust.ts';
import { type TrustRole, trustPath, trustProblem, trustRoles } from '../engine/trust/trust.ts';
import { publicKeyPem } from '../model/public-key.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { Invocation } from './command.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { readPublicKey } from './read-public-key.ts';
import { jsonText } from './render/json-text.ts';
import { trustText } from './render/trust-text.ts';
import { rolesOf, rotateKey } from './rotate-key.ts';
import { failWith } from './with-workspace.ts';
import { readWorkTreeTrust, rootSigners, signNewestTrust, writeNextTrust } from './work-tree-trust.ts';

/** The actions of `sandkiln keys` that are about the trust of the work tree: the first word says which. */
export async function changeTrust(invocation: Invocation, workspace: Workspace): Promise<ExitCode> {
  const [action, word = ''] = invocation.positionals;
  const before = await readWorkTreeTrust(workspace);
  if (!before.ok) {
    return failWith(invocation, before.diagnostics);
  }
  // Signing what is signed would change a file that may be in the history, where it must stay as it is.
  if (action === 'list' || (action === 'sign' && before.value.shortfalls.length === 0)) {
    return tell(invocation, before.value);
  }
  const files = invocation.list('root-key').map((file) => resolve(invocation.directory, file));
  const rootKeys = await rootSigners(workspace, files);
  if (!rootKeys.ok) {
    return failWith(invocation, rootKeys.diagnostics);
  }
  if (action === 'rotate') {
    return rotate(invocation, workspace, before.value, rootKeys.value, files);
  }
  if (action === 'sign') {
    return written(invocation, await signNewestTrust(workspace, before.value, rootKeys.value));
  }
  const change = await changeOf(invocation, before.value, action, word);
  return written(
    invocation,
    change.ok ? await writeNextTrust(workspace, before.value, change.value, rootKeys.value) : change,
  );
}

async function rotate(
  invocation: Invocation,
  workspace: Workspace,
  before: OpenTrust,
  rootKeys: Parameters<typeof rotateKey>[3],
  files: readonly string[],
): Promise<ExitCode> {
  const which = invocation.positionals[1] ?? 'builder';
  if (which !== 'builder' && which !== 'root') {
    return written(
      invocation,
      misfit(`${JSON.stringify(which)} is no key to rotate`, 'name builder or root'),
    );
  }
  const { host } = workspace;
  const keyFile = which === 'builder' ? host.keyFile : (files[0] ?? rootKeyFile(host));
  const rotated = await rotateKey(workspace, before, keyFile, rootKeys);
  if (rotated.ok && invocation.output === 'text') {
    invocation.stdout(`new key ${rotated.value.keyId} in ${keyFile}\n`);
    invocation.stdout(`old key in ${rotated.value.oldKeyFile}: delete it once the new trust has landed\n`);
  }
  return written(invocation, rotated.ok ? success(rotated.value.trust) : rotated);
}

async function changeOf(
  invocation: Invocation,
  { newest }: OpenTrust,
  action: string | undefined,
  word: string,
): Promise<Result<TrustChange>> {
  switch (action) {
    case 'remove': {
      const ids = Object.entries(newest.signed.keys).flatMap(([id, { name }]) =>
        id === word || name === word ? [id] : [],
      );
      const [id] = ids;
      const known = 'see `sandkiln keys list`, and name one by its id';
      return id === undefined || ids.length > 1
        ? misfit(`${JSON.stringify(word)} names ${ids.length === 0 ? 'no key' : `${ids.length} keys`}`, known)
        : success({ remove: [id] });
    }
    case 'threshold': {
      const [, role = '', count = ''] = /^([a-z]+)=([1-9][0-9]?)$/.exec(word) ?? [];
      return isRole(role)
        ? success({ thresholds: { [role]: Number(count) } })
        : misfit(`${JSON.stringify(word)} is no threshold`, 'write a role and a number: root=2');
    }
    default:
      return addition(invocation, newest.signed, word);
  }
}

async function addition(
  invocation: Invocation,
  signed: OpenTrust['newest']['signed'],
  word: string,
): Promise<Result<TrustChange>> {
  const read = await readPublicKey(resolve(invocation.directory, word));
  if (!read.ok) {
    return read;
  }
  const roles = invocation.list('role');
  const unknown = roles.find((role) => !isRole(role));
  if (roles.length === 0 || unknown !== undefined) {
    const what =
      unknown === undefined ? 'a key is added with a role' : `${JSON.stringify(unknown)} is no role`;
    return misfit(what, `give --role with one of ${trustRoles.join(', ')}`);
  }
  const { key } = read.value;
  const known = Object.hasOwn(signed.keys, key.keyId) ? signed.keys[key.keyId]?.name : undefined;
  const name = invocation.text('name') ?? known ?? read.value.name;
  const all = new Set([...rolesOf(signed, key.keyId), ...roles.filter(isRole)]);
  return success({ add: [{ name, publicKeyPem: publicKeyPem(key), roles: [...all] }] });
}

async function written(invocation: Invocation, trust: Result<OpenTrust>): Promise<ExitCode> {
  return trust.ok ? tell(invocation, trust.value) : failWith(invocation, trust.diagnostics);
}

function tell(invocation: Invocation, trust: OpenTrust): ExitCode {
  const { newest, shortfalls } = trust;
  const { version, keys } = newest.signed;
  if (invocation.output === 'json') {
    const rows = Object.entries(keys).map(([keyId, key]) => ({
      keyId,
      ...key,
      roles: rolesOf(newest.signed, keyId),
    }));
    const path = trustPath(version);
    invocation.stdout(
      jsonText({ formatVersion: 1, version, path, shortfalls, keys: rows, roles: newest.signed.roles }),
    );
    return exitCodes.ok;
  }
  invocation.stdout(trustText(trust));
  if (invocation.positionals[0] !== 'list') {
    const file = trustPath(version);
    invocation.stdout(
      shortfalls.length === 0
        ? `next: git add trust && git commit -m "trust ${version}", and push\n`
        : `next: give ${file} to another holder of a root key, for sandkiln keys sign; commit it once it is signed\n`,
    );
  }
  return exitCodes.ok;
}

function isRole(text: string): text is TrustRole {
  return trustRoles.some((role) => role === text);
}

function misfit(message: string, hint: string) {
  return failure(trustProblem('SK8017', 'trust', message, hint));
}
