import { resolve } from 'node:path';
import type { CommitId } from '../adapters/git/git.ts';
import type { Workspace } from '../compose.ts';
import type { Plan } from '../model/plan.ts';
import { failure, type Result, success } from '../model/result.ts';
import { findCatalogTarget, type Whereabouts } from './catalog-target.ts';
import type { Invocation } from './command.ts';
import type { OpenedDesired, PlanView } from './plan-view.ts';
import type { CatalogTarget } from './target-branch.ts';
import { targetedPlan } from './targeted-plan.ts';

/** What a reconcile is to do, and where it goes. */
export interface PlanOnTarget {
  readonly target: CatalogTarget;
  readonly view: PlanView;
  readonly plan: Plan;
  readonly desiredCommit: CommitId;
}

/**
 * Looks at the remote, and plans from what it holds now, within --target and --exclude; a plan that --plan names must be
 * the same.
 */
export async function planOnTarget(
  invocation: Invocation,
  workspace: Workspace,
  desired: OpenedDesired,
  where?: Promise<Whereabouts>,
): Promise<Result<PlanOnTarget>> {
  const policy = await desired.policy();
  if (!policy.ok) {
    return policy;
  }
  const { commit } = desired;
  const target = await findCatalogTarget(workspace, { commit, policy: policy.value }, invocation, where);
  const view = target.ok ? await desired.plan(target.value.catalog ?? null) : target;
  if (!view.ok || !target.ok) {
    return view.ok ? failure(...(target.ok ? [] : target.diagnostics)) : view;
  }
  const plan = await targetedPlan(view.value, invocation);
  const saved = invocation.text('plan');
  const chosen =
    plan.ok && saved !== undefined
      ? await (await import('./saved-plan.ts')).checkSavedPlan(
          resolve(invocation.directory, saved),
          plan.value,
        )
      : plan;
  return chosen.ok
    ? success({ target: target.value, view: view.value, plan: chosen.value, desiredCommit: commit })
    : chosen;
}
