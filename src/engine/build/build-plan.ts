import type { Action, ActionId, ActionResult } from '../../model/action.ts';
import type { BuildResult, ChangeResult } from '../../model/build-result.ts';
import type { Change, Plan } from '../../model/plan.ts';
import type { RunHost } from '../../model/record.ts';
import { identityText, type ResolvedResource } from '../../model/resource.ts';
import { type Result, success } from '../../model/result.ts';
import { type ExecuteOptions, execute } from '../execute/execute.ts';
import { buildGraph } from '../graph/build-graph.ts';
import { type DesiredWatch, watchDesired } from './watch-desired.ts';

export interface BuildOptions extends Omit<ExecuteOptions, 'watch'> {
  readonly engineVersion: string;
  readonly host: RunHost;
  /** Asked after the run: builders describe themselves when they are used. */
  readonly builders: () => BuildResult['builders'];
  /** Copies the logs of actions into the store, so that they outlive the cache. */
  readonly publishLogs: (results: readonly ActionResult[]) => Promise<Result<void>>;
  /** How to learn of newer desired commits; without it nothing is withdrawn. */
  readonly desired?: DesiredWatch;
}

/** Carries a plan out, up to results that `record` can sign: no key and no write token is near it. */
export async function buildPlan(
  plan: Plan,
  actions: readonly Action[],
  resource: (change: Change) => ResolvedResource | undefined,
  options: BuildOptions,
): Promise<Result<BuildResult>> {
  const graph = buildGraph(actions);
  if (!graph.ok) {
    return graph;
  }
  const startedAt = options.clock.now().toISOString();
  const { desired, timer } = options;
  const { outcome, results } = await execute(graph.value, {
    ...options,
    ...(desired === undefined ? {} : { watch: (withdraw) => watchDesired(plan, desired, timer, withdraw) }),
  });
  const published = await options.publishLogs([...results.values()]);
  if (!published.ok) {
    return published;
  }
  return success({
    formatVersion: 1,
    run: options.run,
    engineVersion: options.engineVersion,
    plan,
    startedAt,
    finishedAt: options.clock.now().toISOString(),
    outcome,
    host: options.host,
    builders: options.builders(),
    changes: plan.changes
      .filter((change) => change.stalled === null)
      .map((change) => changeResult(change, actions, results, resource(change))),
  });
}

function changeResult(
  change: Change,
  actions: readonly Action[],
  results: ReadonlyMap<ActionId, ActionResult>,
  resource: ResolvedResource | undefined,
): ChangeResult {
  const own = identityText(change.resource);
  const mine = actions.filter((action) => identityText(action.resource) === own);
  return {
    change,
    resource: resource === undefined ? null : recordedResource(resource),
    actions: Object.fromEntries(
      mine.map((action) => [action.id, results.get(action.id) ?? { status: 'cancelled' as const }]),
    ),
  };
}

/** What a result, and later the record, keeps of a resource. */
export function recordedResource({
  file,
  spec,
  digest,
  origins,
}: ResolvedResource): NonNullable<ChangeResult['resource']> {
  const recorded: Record<string, { from: string; line: number }> = {};
  for (const [pointer, { identity, place }] of origins) {
    recorded[pointer] = { from: identityText(identity), line: place.start?.line ?? 0 };
  }
  return { file, spec, digest, origins: recorded };
}
