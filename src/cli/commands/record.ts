import { resolve } from 'node:path';
import { createRecordPorts, type Workspace } from '../../compose.ts';
import type { Emit } from '../../model/event.ts';
import { findCatalogTarget, requireWritable } from '../catalog-target.ts';
import { checkBuildResult } from '../check-build-result.ts';
import type { Command, Invocation } from '../command.ts';
import type { ExitCode } from '../exit-code.ts';
import { openDesired } from '../open-plan.ts';
import { readBuildResult } from '../read-build-result.ts';
import { proposalOptions, remoteOptions } from '../remote-options.ts';
import { reportDiagnostics } from '../report.ts';
import { takeBlobs } from '../result-blobs.ts';
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
    [
      'DIR is what sandkiln build --out wrote. Its plan is made again from the commits that it names, every blob is read and',
      'compared, and what it says of its outcomes must fit them, before anything is signed. What the host that built has to be',
      'believed is listed in docs/write-back.md.',
    ].join(' '),
  ],
  run: (invocation) => withWorkspace(invocation, (workspace) => record(invocation, workspace)),
};

async function record(invocation: Invocation, workspace: Workspace): Promise<ExitCode> {
  const ports = await createRecordPorts(workspace.host);
  const folder = resolve(invocation.directory, invocation.positionals[0] ?? '');
  const read = await readBuildResult(folder, ports.store);
  if (!read.ok) {
    return failWith(invocation, read.diagnostics);
  }
  const { result, blobs } = read.value;
  const desired = await openDesired(workspace, result.plan.desiredCommit ?? undefined);
  const policy = desired.ok ? await desired.value.policy() : desired;
  if (!desired.ok || !policy.ok) {
    return failWith(invocation, policy.ok ? [] : policy.diagnostics);
  }
  const { commit } = desired.value;
  const target = await findCatalogTarget(workspace, { commit, policy: policy.value }, invocation);
  if (!target.ok) {
    return failWith(invocation, target.diagnostics);
  }
  const checked = await checkBuildResult(result, {
    git: workspace.git,
    target: target.value,
    desired: desired.value,
    blobs,
    now: ports.clock.now(),
  });
  if (!checked.ok) {
    return failWith(invocation, checked.diagnostics);
  }
  const writable = await requireWritable(workspace, target.value);
  if (!writable.ok) {
    return failWith(invocation, writable.diagnostics);
  }
  const signer = await openBuilderSigner(workspace, trustCommit(target.value, commit));
  if (!signer.ok) {
    return failWith(invocation, signer.diagnostics);
  }
  const taken = await takeBlobs(result, folder, ports.store);
  if (!taken.ok) {
    return failWith(invocation, taken.diagnostics);
  }
  const emit: Emit = (event) => {
    if (event.type === 'diagnostic' && invocation.output === 'text') {
      void reportDiagnostics(invocation, [event.diagnostic]);
    }
  };
  const recorded = await runRecord(invocation, workspace, target.value, signer.value, result, {
    ...ports,
    emit,
  });
  if (!recorded.ok) {
    return failWith(invocation, recorded.diagnostics);
  }
  const told = await tellRecorded(invocation, workspace, target.value, recorded.value, 0, 'recorded');
  return told.ok ? runExitCode(result, 0) : failWith(invocation, told.diagnostics);
}
