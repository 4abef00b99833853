import { digestOfJson } from '../model/digest.ts';
import type { Plan } from '../model/plan.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { Invocation } from './command.ts';
import type { PlanView } from './plan-view.ts';

/**
 * The plan without the changes that --target and --exclude leave out. A name that neither the desired state nor the
 * catalog knows is SK9020.
 */
export async function targetedPlan(
  { made: { plan }, images }: Pick<PlanView, 'made' | 'images'>,
  invocation: Invocation,
): Promise<Result<Plan>> {
  const targets = invocation.list('target');
  const excluded = invocation.list('exclude');
  if (targets.length === 0 && excluded.length === 0) {
    return success(plan);
  }
  const { resources, active } = await images();
  const unknown = [...targets, ...excluded].filter((name) => !resources.has(name) && !active.has(name));
  if (unknown.length > 0) {
    const { noSuchResource } = await import('./find-resource.ts');
    const known = [...new Set([...resources, ...active.keys()])];
    return failure(...unknown.map((name) => noSuchResource(name, known)));
  }
  const changes = plan.changes.filter(
    ({ resource }) =>
      (targets.length === 0 || targets.includes(resource.name)) && !excluded.includes(resource.name),
  );
  return success({ ...plan, changes, digest: digestOfJson(changes.map((change) => change.digest)) });
}
