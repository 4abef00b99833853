import { digestOfJson } from '../model/digest.ts';
import type { Plan } from '../model/plan.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { CommandOptions, Invocation } from './command.ts';
import { noSuchResource } from './find-resource.ts';
import type { PlannedState } from './loaded-state.ts';

/** Which desired state: the same for every command that reads one. */
export const desiredOptions = {
  ref: { type: 'string', value: 'REV', help: 'desired state of this commit; default HEAD' },
  worktree: { type: 'boolean', help: 'desired state of the work tree, uncommitted edits included' },
} as const satisfies CommandOptions;

/** Which changes of a plan. */
export const targetOptions = {
  target: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    help: 'only changes of this resource; may be repeated',
  },
  exclude: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    help: 'no changes of this resource; may be repeated',
  },
} as const satisfies CommandOptions;

/**
 * The plan without the changes that --target and --exclude leave out. A name that neither the desired state nor the
 * catalog knows is SK9020.
 */
export function targetedPlan(
  { made: { plan }, resources, view }: Pick<PlannedState, 'made' | 'resources' | 'view'>,
  invocation: Invocation,
): Result<Plan> {
  const known = new Set([...resources.map((resource) => resource.identity.name), ...view.states.keys()]);
  const targets = invocation.list('target');
  const excluded = invocation.list('exclude');
  const unknown = [...targets, ...excluded].filter((name) => !known.has(name));
  if (unknown.length > 0) {
    return failure(...unknown.map((name) => noSuchResource(name, [...known])));
  }
  if (targets.length === 0 && excluded.length === 0) {
    return success(plan);
  }
  const changes = plan.changes.filter(
    ({ resource }) =>
      (targets.length === 0 || targets.includes(resource.name)) && !excluded.includes(resource.name),
  );
  return success({ ...plan, changes, digest: digestOfJson(changes.map((change) => change.digest)) });
}
