import { resolve } from 'node:path';
import type { CommitId } from '../../adapters/git/git.ts';
import { openTimer, type Workspace } from '../../compose.ts';
import { isNearlyExpired } from '../../engine/catalog/head.ts';
import type { Plan } from '../../model/plan.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { type CatalogTarget, findCatalogTarget, proposalOptions, remoteOptions } from '../catalog-target.ts';
import type { Command, Invocation } from '../command.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exit-code.ts';
import { type LeasedWork, takeWork } from '../lease-guard.ts';
import { newestOfBurst } from '../newest-of-burst.ts';
import { openDesired } from '../open-plan.ts';
import type { OpenedDesired, PlanView } from '../plan-view.ts';
import { planSummary } from '../render/plan-text.ts';
import { reportDiagnostics } from '../report.ts';
import { buildOptions, runBuild } from '../run-build.ts';
import { runExitCode } from '../run-exit-code.ts';
import { openBuilderSigner, runRecord, trustCommit } from '../run-record.ts';
import { checkSavedPlan } from '../saved-plan.ts';
import { desiredOptions, targetOptions } from '../target-options.ts';
import { targetedPlan } from '../targeted-plan.ts';
import { tellRecorded } from '../tell-recorded.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';
import { withdrawProposal } from '../withdraw-proposal.ts';

export const command: Command = {
  name: 'reconcile',
  summary: 'build what the plan asks for, test it, sign it, commit the records',
  argumentsText: '',
  options: {
    ref: desiredOptions.ref,
    ...targetOptions,
    ...buildOptions,
    ...remoteOptions,
    ...proposalOptions,
    'no-lease': { type: 'boolean', help: 'tell nobody what is being built, and look at no leases of others' },
    coalesce: {
      type: 'string',
      value: 'TIME',
      help: 'first wait until no newer commit arrives for this long (at most ten times), then take the newest',
    },
    plan: {
      type: 'string',
      value: 'FILE',
      help: 'carry out this saved plan; refused where the plan is another one by now',
    },
  },
  arguments: { least: 0, most: 0 },
  outputs: ['json'],
  details: [
    'The same as build followed by record. One signed commit holds everything that changed; without changes there is',
    'none. A failed build leaves the previous image active.',
  ],
  run: (invocation) => withWorkspace(invocation, (workspace) => reconcile(invocation, workspace)),
};

async function reconcile(invocation: Invocation, workspace: Workspace): Promise<ExitCode> {
  const revision =
    invocation.text('coalesce') === undefined
      ? success(invocation.text('ref'))
      : await newestOfBurst(invocation, workspace, await openTimer());
  const desired = revision.ok ? await openDesired(workspace, revision.value) : revision;
  const planned = desired.ok ? await planNow(invocation, workspace, desired.value) : desired;
  if (!desired.ok || !planned.ok) {
    return failWith(invocation, planned.ok ? [] : planned.diagnostics);
  }
  const problems = planned.value.view.made.diagnostics;
  if (exitCodeOf(problems) !== exitCodes.ok) {
    return failWith(invocation, problems);
  }
  return carryOut(invocation, workspace, planned.value, desired.value);
}

interface Planned {
  readonly target: CatalogTarget;
  readonly view: PlanView;
  readonly plan: Plan;
  readonly desiredCommit: CommitId;
}

/** Looks at the remote, and plans from what it holds now. */
async function planNow(
  invocation: Invocation,
  workspace: Workspace,
  desired: OpenedDesired,
): Promise<Result<Planned>> {
  const policy = await desired.policy();
  if (!policy.ok) {
    return policy;
  }
  const { commit } = desired;
  const target = await findCatalogTarget(workspace, { commit, policy: policy.value }, invocation);
  const view = target.ok ? await desired.plan(target.value.catalog ?? null) : target;
  if (!view.ok || !target.ok) {
    return view.ok ? failure(...(target.ok ? [] : target.diagnostics)) : view;
  }
  const plan = await targetedPlan(view.value, invocation);
  const saved = invocation.text('plan');
  const chosen =
    plan.ok && saved !== undefined
      ? await checkSavedPlan(resolve(invocation.directory, saved), plan.value)
      : plan;
  return chosen.ok
    ? success({ target: target.value, view: view.value, plan: chosen.value, desiredCommit: commit })
    : chosen;
}

async function carryOut(
  invocation: Invocation,
  workspace: Workspace,
  first: Planned,
  desired: OpenedDesired,
): Promise<ExitCode> {
  const { plan, view, target } = first;
  const runnable = plan.changes.filter((change) => change.stalled === null);
  const stalled = plan.changes.length - runnable.length;
  const { head } = view;
  const renewal = head !== null && isNearlyExpired(head, new Date());
  if (invocation.output === 'text') {
    invocation.stderr(`${planSummary(plan)}\n`);
  }
  const withdrawn = await withdrawProposal(invocation, workspace, target, desired);
  if (!withdrawn.ok) {
    return failWith(invocation, withdrawn.diagnostics);
  }
  if (withdrawn.value || (runnable.length === 0 && !renewal)) {
    const told = await tellRecorded(
      invocation,
      workspace,
      target,
      { commit: undefined, images: [] },
      stalled,
      'reconciled',
    );
    return told.ok ? (stalled > 0 ? exitCodes.error : exitCodes.ok) : failWith(invocation, told.diagnostics);
  }
  const state = await view.load();
  if (!state.ok) {
    return failWith(invocation, state.diagnostics);
  }
  const signer = await openBuilderSigner(workspace, trustCommit(target, first.desiredCommit));
  if (!signer.ok) {
    return failWith(invocation, signer.diagnostics);
  }
  let now = first;
  let held: LeasedWork | undefined;
  const replan = async () => {
    const again = await planNow(invocation, workspace, desired);
    const loaded = again.ok ? await again.value.view.load() : again;
    if (!again.ok || !loaded.ok) {
      return loaded.ok ? failure(...(again.ok ? [] : again.diagnostics)) : loaded;
    }
    now = again.value;
    return success({ state: loaded.value, plan: now.plan });
  };
  const start = { state: state.value, plan };
  const done = await runBuild(
    invocation,
    workspace,
    start,
    async ({ result, engine }, emit) => {
      const recorded = await runRecord(invocation, workspace, now.target, signer.value, result, {
        ...engine,
        emit,
        fencingToken: held?.fencingToken ?? null,
      });
      if (recorded.ok) {
        const { commit, images } = recorded.value;
        emit({
          type: 'recorded',
          at: engine.clock.now().toISOString(),
          run: result.run,
          ...(commit === undefined ? {} : { commit }),
          images: images.map(({ name }) => name),
        });
      }
      return { result, recorded };
    },
    invocation.flag('no-lease')
      ? undefined
      : async (context) => {
          const work = await takeWork(invocation, workspace, target, start, context, replan);
          held = work.ok ? work.value : undefined;
          return work;
        },
  );
  if (!done.ok) {
    return failWith(invocation, done.diagnostics);
  }
  const { result, recorded } = done.value;
  if (!recorded.ok) {
    return failWith(invocation, recorded.diagnostics);
  }
  if (invocation.output === 'text') {
    await reportDiagnostics(
      invocation,
      recorded.value.images.flatMap((image) => image.diagnostics),
    );
  }
  const told = await tellRecorded(invocation, workspace, now.target, recorded.value, stalled, 'reconciled');
  if (!told.ok) {
    return failWith(invocation, told.diagnostics);
  }
  const code = runExitCode(result, stalled);
  return code === exitCodes.ok && held !== undefined && held.leftOut.length > 0 ? exitCodes.lockHeld : code;
}
