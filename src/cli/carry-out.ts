import type { Workspace } from '../compose.ts';
import { failure, success } from '../model/result.ts';
import { bringBranchAlong } from './bring-branch-along.ts';
import { requireWritable } from './catalog-target.ts';
import type { Invocation } from './command.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { type LeasedWork, takeWork } from './lease-guard.ts';
import { type PlanOnTarget, planOnTarget } from './plan-on-target.ts';
import type { OpenedDesired } from './plan-view.ts';
import { reportDiagnostics } from './report.ts';
import { runBuild } from './run-build.ts';
import { runExitCode } from './run-exit-code.ts';
import { openBuilderSigner, runRecord, trustCommit } from './run-record.ts';
import { tellRecorded } from './tell-recorded.ts';
import { failWith } from './with-workspace.ts';

/** Builds what a plan asks for and records it. What stands in the way of recording is told before anything is built. */
export async function carryOut(
  invocation: Invocation,
  workspace: Workspace,
  first: PlanOnTarget,
  desired: OpenedDesired,
): Promise<ExitCode> {
  const { plan, view, target } = first;
  const stalled = plan.changes.filter((change) => change.stalled !== null).length;
  const writable = await requireWritable(workspace, target);
  if (!writable.ok) {
    return failWith(invocation, writable.diagnostics);
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
    const again = await planOnTarget(invocation, workspace, desired);
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
    { ...start, command: 'reconcile', branch: target },
    async ({ result, engine }, emit) => {
      const recorded = await runRecord(invocation, workspace, now.target, signer.value, result, {
        ...engine,
        emit,
        fencingToken: held?.fencingToken ?? null,
      });
      if (recorded.ok) {
        const { commit, images, allowLists } = recorded.value;
        emit({
          type: 'recorded',
          at: engine.clock.now().toISOString(),
          run: result.run,
          ...(commit === undefined ? {} : { commit }),
          images: images.map(({ name }) => name),
          allowLists: allowLists.map(({ name }) => name),
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
  if (recorded.value.commit === undefined) {
    await bringBranchAlong(invocation, workspace, now.target);
  }
  const told = await tellRecorded(invocation, workspace, now.target, recorded.value, stalled, 'reconciled');
  if (!told.ok) {
    return failWith(invocation, told.diagnostics);
  }
  const code = runExitCode(result, stalled);
  return code === exitCodes.ok && held !== undefined && held.leftOut.length > 0 ? exitCodes.lockHeld : code;
}
