import type { Workspace } from '../../compose.ts';
import { isNearlyExpired } from '../../engine/catalog/head-expiry.ts';
import { success } from '../../model/result.ts';
import { bringBranchAlong } from '../bring-branch-along.ts';
import { buildOptions } from '../build-options.ts';
import { askWhereabouts } from '../catalog-target.ts';
import type { Command, Invocation } from '../command.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exit-code.ts';
import { openDesired } from '../open-plan.ts';
import { type PlanOnTarget, planOnTarget } from '../plan-on-target.ts';
import { proposalOptions, remoteOptions } from '../remote-options.ts';
import { planSummary } from '../render/plan-text.ts';
import { settleInterrupted } from '../settle-interrupted.ts';
import { desiredOptions, targetOptions } from '../target-options.ts';
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
    [
      'The same as build followed by record. One signed commit holds everything that changed; without changes there is',
      'none. A failed build leaves the previous image active.',
    ].join(' '),
  ],
  run: (invocation) => withWorkspace(invocation, (workspace) => reconcile(invocation, workspace)),
};

/** Most reconciles find nothing to do: what builds and records is loaded where there is something. */
async function reconcile(invocation: Invocation, workspace: Workspace): Promise<ExitCode> {
  const revision =
    invocation.text('coalesce') === undefined
      ? success(invocation.text('ref'))
      : await (await import('../newest-of-burst.ts')).newestOfBurst(invocation, workspace);
  const where = revision.ok ? askWhereabouts(workspace, invocation) : undefined;
  const desired = revision.ok ? await openDesired(workspace, revision.value) : revision;
  const planned = desired.ok ? await planOnTarget(invocation, workspace, desired.value, where) : desired;
  if (!desired.ok || !planned.ok) {
    return failWith(invocation, planned.ok ? [] : planned.diagnostics);
  }
  const { plan, view, target } = planned.value;
  if (exitCodeOf(view.made.diagnostics) !== exitCodes.ok) {
    return failWith(invocation, view.made.diagnostics);
  }
  if (invocation.output === 'text') {
    invocation.stderr(`${planSummary(plan)}\n`);
  }
  const withdrawn = await withdrawProposal(invocation, workspace, target, desired.value);
  if (!withdrawn.ok) {
    return failWith(invocation, withdrawn.diagnostics);
  }
  const isRenewal = view.head !== null && isNearlyExpired(view.head, new Date());
  if (!withdrawn.value && (isRenewal || plan.changes.some((change) => change.stalled === null))) {
    const { carryOut } = await import('../carry-out.ts');
    return carryOut(invocation, workspace, planned.value, desired.value);
  }
  return leaveAsItIs(invocation, workspace, planned.value);
}

async function leaveAsItIs(
  invocation: Invocation,
  workspace: Workspace,
  { plan, target }: PlanOnTarget,
): Promise<ExitCode> {
  await bringBranchAlong(invocation, workspace, target);
  await settleInterrupted(invocation, workspace, target);
  const stalled = plan.changes.filter((change) => change.stalled !== null).length;
  const nothing = { commit: undefined, images: [], allowLists: [] };
  const told = await tellRecorded(invocation, workspace, target, nothing, stalled, 'reconciled');
  return told.ok ? (stalled > 0 ? exitCodes.error : exitCodes.ok) : failWith(invocation, told.diagnostics);
}
