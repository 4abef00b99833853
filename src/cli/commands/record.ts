import { resolve } from 'node:path';
import { createRecordPorts, type Workspace } from '../../compose.ts';
import type { Emit } from '../../model/event.ts';
import { findCatalogTarget, proposalOptions, remoteOptions } from '../catalog-target.ts';
import { checkBuildResult } from '../check-build-result.ts';
import type { Command, Invocation } from '../command.ts';
import type { ExitCode } from '../exit-code.ts';
import { openDesired } from '../open-plan.ts';
import { readBuildResult } from '../read-build-result.ts';
import { reportDiagnostics } from '../report.ts';
import { runExitCode } from '../run-exit-code.ts';
import { openBuilderSigner, runRecord, trustCommit } from '../run-record.ts';
import { tellRecorded } from '../tell-recorded.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';

export const command: Command = {
  name: 'record',
  summary: 'check the results of a build again, number, sign and commit them',
  argumentsText: 'DIR',
  options: { ...remoteOptions, ...proposalOptions },
  arguments: { least: 1, most: 1 },
  outputs: ['json'],
  details: [
    'DIR is what sandkiln build --out wrote. Its plan is made again from the commits that it names, and every blob is read',
    'and compared before anything is signed: the host that built is not believed.',
  ],
  run: (invocation) => withWorkspace(invocation, (workspace) => record(invocation, workspace)),
};

async function record(invocation: Invocation, workspace: Workspace): Promise<ExitCode> {
  const ports = await createRecordPorts(workspace.host);
  const folder = resolve(invocation.directory, invocation.positionals[0] ?? '');
  const result = await readBuildResult(folder, ports.store);
  if (!result.ok) {
    return failWith(invocation, result.diagnostics);
  }
  const desired = await openDesired(workspace, result.value.plan.desiredCommit ?? undefined);
  const policy = desired.ok ? await desired.value.policy() : desired;
  if (!desired.ok || !policy.ok) {
    return failWith(invocation, policy.ok ? [] : policy.diagnostics);
  }
  const { commit } = desired.value;
  const target = await findCatalogTarget(workspace, { commit, policy: policy.value }, invocation);
  if (!target.ok) {
    return failWith(invocation, target.diagnostics);
  }
  const checked = await checkBuildResult(result.value, desired.value);
  if (!checked.ok) {
    return failWith(invocation, checked.diagnostics);
  }
  const signer = await openBuilderSigner(workspace, trustCommit(target.value, commit));
  if (!signer.ok) {
    return failWith(invocation, signer.diagnostics);
  }
  const emit: Emit = (event) => {
    if (event.type === 'diagnostic' && invocation.output === 'text') {
      void reportDiagnostics(invocation, [event.diagnostic]);
    }
  };
  const recorded = await runRecord(invocation, workspace, target.value, signer.value, result.value, {
    ...ports,
    emit,
  });
  if (!recorded.ok) {
    return failWith(invocation, recorded.diagnostics);
  }
  const told = await tellRecorded(invocation, workspace, target.value, recorded.value, 0, 'recorded');
  return told.ok ? runExitCode(result.value, 0) : failWith(invocation, told.diagnostics);
}
