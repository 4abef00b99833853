import { join, resolve } from 'node:path';
import { createRecordPorts } from '../../compose.ts';
import { findCatalogTarget, remoteOptions } from '../catalog-target.ts';
import type { Command } from '../command.ts';
import { readDesiredState } from '../loaded-state.ts';
import { readBuildResult } from '../read-build-result.ts';
import { reconcileText } from '../render/reconcile-text.ts';
import { runExitCode } from '../run-exit-code.ts';
import { openBuilderSigner, runRecord } from '../run-record.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';
import { resultFileName } from './build.ts';

export const command: Command = {
  name: 'record',
  summary: 'check the results of a build again, number, sign and commit them',
  argumentsText: 'DIR',
  options: remoteOptions,
  arguments: { least: 1, most: 1 },
  outputs: ['json'],
  details: [
    'DIR is what sandkiln build --out wrote. Every blob that it names is read and compared before it is signed.',
  ],
  run: (invocation) =>
    withWorkspace(invocation, async (workspace) => {
      const ports = await createRecordPorts(workspace.host);
      const folder = resolve(invocation.directory, invocation.positionals[0] ?? '');
      const result = await readBuildResult(join(folder, resultFileName), ports.store);
      if (!result.ok) {
        return failWith(invocation, result.diagnostics);
      }
      const desired = await readDesiredState(workspace, {
        ref: result.value.plan.desiredCommit ?? undefined,
      });
      if (!desired.ok) {
        return failWith(invocation, desired.diagnostics);
      }
      const target = await findCatalogTarget(workspace, desired.value, invocation);
      if (!target.ok) {
        return failWith(invocation, target.diagnostics);
      }
      const signer = await openBuilderSigner(workspace, target.value.tip);
      if (!signer.ok) {
        return failWith(invocation, signer.diagnostics);
      }
      const emit = () => undefined;
      const recorded = await runRecord(invocation, workspace, target.value, signer.value, result.value, {
        ...ports,
        emit,
      });
      if (!recorded.ok) {
        return failWith(invocation, recorded.diagnostics);
      }
      const { images, commit } = recorded.value;
      invocation.stdout(
        invocation.output === 'json'
          ? `${JSON.stringify({ type: 'recorded', formatVersion: 1, commit: commit ?? null, images })}\n`
          : reconcileText(images, commit, 0),
      );
      return runExitCode(result.value, 0);
    }),
};
