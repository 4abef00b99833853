import type { Graph } from '../../engine/graph/build-graph.ts';
import type { ActionId } from '../../model/action.ts';

/**
 * What each action waits for, without what it waits for anyway because another of its needs does (the transitive
 * reduction): a drawing with every need is a thicket. In the order of `needs`.
 */
export function directNeeds({ actions }: Graph): ReadonlyMap<ActionId, readonly ActionId[]> {
  const depths = new Map<ActionId, number>();
  const direct = new Map<ActionId, readonly ActionId[]>();
  for (const { id, needs } of actions.values()) {
    const unique = [...new Set(needs)];
    const needDepths = unique.map((need) => depths.get(need) ?? 0);
    depths.set(
      id,
      needDepths.reduce((most, depth) => Math.max(most, depth + 1), 0),
    );
    const least = needDepths.reduce((lowest, depth) => Math.min(lowest, depth), Number.POSITIVE_INFINITY);
    const implied = unique.length < 2 ? new Set<ActionId>() : reachedFrom(unique, least);
    direct.set(
      id,
      unique.filter((need) => !implied.has(need)),
    );
  }
  return direct;

  /** Everything that one of the actions needs, down to a depth below which none of them can be. */
  function reachedFrom(starts: readonly ActionId[], leastDepth: number): ReadonlySet<ActionId> {
    const reached = new Set<ActionId>();
    const open = [...starts];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      for (const need of direct.get(id) ?? []) {
        if (!reached.has(need) && (depths.get(need) ?? 0) >= leastDepth) {
          reached.add(need);
          open.push(need);
        }
      }
    }
    return reached;
  }
}
