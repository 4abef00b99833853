import { resolve } from 'node:path';
import type { Workspace } from '../../compose.ts';
import { isNearlyExpired } from '../../engine/catalog/head.ts';
import type { Plan } from '../../model/plan.ts';
import { type CatalogTarget, findCatalogTarget, remoteOptions } from '../catalog-target.ts';
import type { Command, Invocation } from '../command.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exit-code.ts';
import { type PlannedState, planState, readDesiredState } from '../loaded-state.ts';
import { planSummary } from '../render/plan-text.ts';
import { reconcileText } from '../render/reconcile-text.ts';
import { reportDiagnostics } from '../report.ts';
import { buildOptions, runBuild } from '../run-build.ts';
import { runExitCode } from '../run-exit-code.ts';
import { openBuilderSigner, type Recorded, runRecord } from '../run-record.ts';
import { checkSavedPlan } from '../saved-plan.ts';
import { desiredOptions, targetedPlan, targetOptions } from '../target-options.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';

export const command: Command = {
  name: 'reconcile',
  summary: 'build what the plan asks for, test it, sign it, commit the records',
  argumentsText: '',
  options: {
    ref: desiredOptions.ref,
    ...targetOptions,
    ...buildOptions,
    ...remoteOptions,
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
  const desired = await readDesiredState(workspace, { ref: invocation.text('ref') });
  if (!desired.ok) {
    return failWith(invocation, desired.diagnostics);
  }
  const target = await findCatalogTarget(workspace, desired.value, invocation);
  if (!target.ok) {
    return failWith(invocation, target.diagnostics);
  }
  const state = await planState(workspace, {
    ref: desired.value.commit ?? undefined,
    catalogCommit: target.value.tip,
  });
  if (!state.ok) {
    return failWith(invocation, state.diagnostics);
  }
  const chosen = await choosePlan(invocation, state.value);
  if (!chosen.ok) {
    return failWith(invocation, chosen.diagnostics);
  }
  const problems = state.value.made.diagnostics;
  if (exitCodeOf(problems) !== exitCodes.ok) {
    return failWith(invocation, problems);
  }
  return carryOut(invocation, workspace, target.value, state.value, chosen.value);
}

async function choosePlan(invocation: Invocation, state: PlannedState) {
  const plan = targetedPlan(state, invocation);
  const saved = invocation.text('plan');
  return plan.ok && saved !== undefined
    ? checkSavedPlan(resolve(invocation.directory, saved), plan.value)
    : plan;
}

async function carryOut(
  invocation: Invocation,
  workspace: Workspace,
  target: CatalogTarget,
  state: PlannedState,
  plan: Plan,
): Promise<ExitCode> {
  const runnable = plan.changes.filter((change) => change.stalled === null);
  const stalled = plan.changes.length - runnable.length;
  const head = state.catalog.head?.head;
  const renewal = head !== undefined && isNearlyExpired(head, new Date());
  if (invocation.output === 'text') {
    invocation.stderr(`${planSummary(plan)}\n`);
  }
  if (runnable.length === 0 && !renewal) {
    tell(invocation, { commit: undefined, images: [] }, stalled);
    return stalled > 0 ? exitCodes.error : exitCodes.ok;
  }
  const signer = await openBuilderSigner(workspace, target.tip);
  if (!signer.ok) {
    return failWith(invocation, signer.diagnostics);
  }
  const done = await runBuild(invocation, workspace, state, plan, async ({ result, engine }, emit) => {
    const recorded = await runRecord(invocation, workspace, target, signer.value, result, {
      ...engine,
      emit,
    });
    return { result, recorded };
  });
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
  tell(invocation, recorded.value, stalled);
  return runExitCode(result, stalled);
}

function tell(invocation: Invocation, { images, commit }: Recorded, stalled: number): void {
  if (invocation.output === 'json') {
    const summary = { type: 'reconciled', formatVersion: 1, commit: commit ?? null, stalled, images };
    invocation.stdout(`${JSON.stringify(summary)}\n`);
  } else {
    invocation.stdout(reconcileText(images, commit, stalled));
  }
}
