import { join, resolve } from 'node:path';
import { openStores, type Workspace } from '../../compose.ts';
import { failure, type Result } from '../../model/result.ts';
import { buildOptions } from '../build-options.ts';
import { findCatalogTarget } from '../catalog-target.ts';
import type { Command, Invocation } from '../command.ts';
import { exitCodeOf, exitCodes } from '../exit-code.ts';
import { openDesired } from '../open-plan.ts';
import type { PlanView } from '../plan-view.ts';
import { resultFileName } from '../read-build-result.ts';
import { proposalOptions, remoteOptions } from '../remote-options.ts';
import { jsonText } from '../render/json-text.ts';
import { packBlobs } from '../result-blobs.ts';
import { runBuild } from '../run-build.ts';
import { runExitCode } from '../run-exit-code.ts';
import { desiredOptions, targetOptions } from '../target-options.ts';
import { targetedPlan } from '../targeted-plan.ts';
import { branchOfHead } from '../watch-branch.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';
import { writeText } from '../write-text.ts';

export const command: Command = {
  name: 'build',
  summary: 'carry the plan out up to results that record can sign; needs no key',
  argumentsText: '',
  options: {
    ref: desiredOptions.ref,
    ...targetOptions,
    ...buildOptions,
    out: { type: 'string', value: 'DIR', help: 'folder for the results; default sandkiln-results' },
    'with-blobs': {
      type: 'boolean',
      help: 'put artifacts, packages and logs into the folder too, for a record on a host with another store',
    },
    'pull-request': {
      type: 'boolean',
      help: 'leave out what an open pull request of records holds; asks the remote for it',
    },
    'pull-request-branch': proposalOptions['pull-request-branch'],
    remote: { ...remoteOptions.remote, help: 'the remote of the pull request; default as for reconcile' },
  },
  arguments: { least: 0, most: 0 },
  outputs: ['json'],
  details: [
    [
      'Artifacts go into the store; the folder holds what sandkiln record DIR needs to sign and commit. Where record runs on',
      'another host, both need the same store, or give --with-blobs. Nothing is written to the repository or its remote.',
    ].join(' '),
  ],
  run: (invocation) =>
    withWorkspace(invocation, async (workspace) => {
      const view = await openView(invocation, workspace);
      if (!view.ok) {
        return failWith(invocation, view.diagnostics);
      }
      const { made } = view.value;
      if (exitCodeOf(made.diagnostics) !== exitCodes.ok) {
        return failWith(invocation, made.diagnostics);
      }
      const plan = await targetedPlan(view.value, invocation);
      if (!plan.ok) {
        return failWith(invocation, plan.diagnostics);
      }
      const state = await view.value.load();
      if (!state.ok) {
        return failWith(invocation, state.diagnostics);
      }
      const built = await runBuild(
        invocation,
        workspace,
        {
          command: 'build',
          branch: await branchOfHead(workspace, invocation),
          state: state.value,
          plan: plan.value,
        },
        async ({ result }) => result,
      );
      if (!built.ok) {
        return failWith(invocation, built.diagnostics);
      }
      const folder = resolve(invocation.directory, invocation.text('out') ?? 'sandkiln-results');
      const written = await writeText(join(folder, resultFileName), jsonText(built.value));
      if (!written.ok) {
        return failWith(invocation, written.diagnostics);
      }
      const packed = invocation.flag('with-blobs')
        ? await packBlobs(built.value, (await openStores(workspace.host)).store, folder)
        : undefined;
      if (packed?.ok === false) {
        return failWith(invocation, packed.diagnostics);
      }
      if (invocation.output === 'text') {
        invocation.stdout(`build: ${built.value.outcome}; results in ${folder}\n`);
      }
      const stalled = plan.value.changes.filter((change) => change.stalled !== null).length;
      return runExitCode(built.value, stalled);
    }),
};

async function openView(invocation: Invocation, workspace: Workspace): Promise<Result<PlanView>> {
  const desired = await openDesired(workspace, invocation.text('ref'));
  if (!desired.ok || !invocation.flag('pull-request')) {
    return desired.ok ? desired.value.plan() : desired;
  }
  const policy = await desired.value.policy();
  if (!policy.ok) {
    return policy;
  }
  const { commit } = desired.value;
  const target = await findCatalogTarget(workspace, { commit, policy: policy.value }, invocation);
  return target.ok ? desired.value.plan(target.value.catalog ?? null) : failure(...target.diagnostics);
}
