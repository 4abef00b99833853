import { readFile, realpath, stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { openSigner, type Workspace } from '../../compose.ts';
import { type Countersigned, countersign } from '../../engine/decisions/countersign.ts';
import { decisionLimitBytes, noDecision } from '../../engine/decisions/decision-file.ts';
import { identityText } from '../../model/resource.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { Command, Invocation } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { jsonText } from '../render/json-text.ts';
import { replaceFile } from '../replace-file.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';
import { readWorkTreeTrust } from '../work-tree-trust.ts';
import { decisionStatus } from '../write-decision.ts';

export const command: Command = {
  name: 'countersign',
  summary: 'add the signature of this host to a decision that needs more than one',
  argumentsText: 'FILE',
  options: {},
  arguments: { least: 1, most: 1 },
  outputs: ['json'],
  details: [
    [
      'FILE is one below decisions/ that hold, resume or allow-empty wrote. How many keys of a role must sign says',
      '`sandkiln keys threshold`. Read the reason and the change first: the signature is on both.',
    ].join(' '),
  ],
  run: (invocation) => withWorkspace(invocation, (workspace) => sign(invocation, workspace)),
};

async function sign(invocation: Invocation, workspace: Workspace): Promise<ExitCode> {
  const signed = await signedFile(invocation, workspace);
  if (!signed.ok) {
    return failWith(invocation, signed.diagnostics);
  }
  const { file, decision, signatures, needed } = signed.value;
  invocation.stdout(
    invocation.output === 'json'
      ? jsonText({ formatVersion: 1, file, decision, signatures, needed })
      : `${file}: ${decision.type} ${identityText(decision.resource)}\n${decisionStatus(file, signatures, needed)}`,
  );
  return exitCodes.ok;
}

async function signedFile(
  invocation: Invocation,
  workspace: Workspace,
): Promise<Result<Countersigned & { readonly file: string }>> {
  const given = resolve(invocation.directory, invocation.positionals[0] ?? '');
  // A link would have the signature put into a file that nobody named.
  const path = await realpath(given).catch(() => given);
  const file = relative(workspace.git.workTree ?? '', path)
    .split(sep)
    .join('/');
  const bytes = await readBounded(path).catch((error: unknown) => String(error));
  if (typeof bytes === 'string') {
    return failure(noDecision(file, bytes));
  }
  const trust = await readWorkTreeTrust(workspace);
  if (!trust.ok) {
    return trust;
  }
  const signer = await openSigner(workspace.host);
  if (!signer.ok) {
    return signer;
  }
  const signed = await countersign(file, bytes, trust.value.newest, signer.value, workspace.host.keyFile);
  if (!signed.ok) {
    return signed;
  }
  const written = await replaceFile(path, signed.value.bytes);
  return written.ok ? success({ ...signed.value, file }) : written;
}

async function readBounded(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size > decisionLimitBytes) {
    throw new RangeError(`it has ${size} bytes`);
  }
  return await readFile(path);
}
