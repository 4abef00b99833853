import type { Graph } from '../../engine/graph/build-graph.ts';
import type { Action, ActionId } from '../../model/action.ts';
import { identityText } from '../../model/resource.ts';
import { actionParts } from './action-text.ts';
import { durationText } from './duration-text.ts';
import { directNeeds } from './graph-direct-needs.ts';
import { printable } from './printable.ts';

/** A graph as every drawn form shows it: by resource, with how long things take and what decides how long all takes. */
export interface GraphView {
  /** In an order in which no resource's first action stands before what it needs. */
  readonly groups: readonly GraphGroup[];
  /** From the first action to the last one. */
  readonly criticalPath: readonly ActionId[];
  /** Sum over the critical path. */
  readonly criticalMs: number;
}

/** The actions of one resource. */
export interface GraphGroup {
  /** Safe to show on one line; not escaped for any format. */
  readonly label: string;
  readonly nodes: readonly GraphNode[];
}

export interface GraphNode {
  readonly id: ActionId;
  /** Stage and part, safe to show on one line; not escaped for any format. */
  readonly label: string;
  /** `20 s` as the last run measured it, `~20 s` as the stage expects it. */
  readonly duration: string;
  readonly isCritical: boolean;
  /** What it waits for, without what others of these wait for anyway. */
  readonly needs: readonly GraphEdge[];
}

export interface GraphEdge {
  readonly from: ActionId;
  readonly isCritical: boolean;
}

/**
 * What to draw of a graph. Its expected durations decide the critical path; `recorded` tells which of them were measured.
 * Of equally long paths it is the one whose actions come first.
 */
export function graphView(graph: Graph, recorded: ReadonlySet<ActionId>): GraphView {
  const criticalPath = longestPath(graph);
  const follows = new Map(criticalPath.map((id, index) => [id, criticalPath[index - 1]]));
  const needs = directNeeds(graph);
  const groups = new Map<string, GraphNode[]>();
  for (const action of graph.actions.values()) {
    const label = printable(identityText(action.resource));
    const nodes = groups.get(label) ?? [];
    groups.set(label, nodes);
    nodes.push({
      id: action.id,
      label: printable(actionParts(action.id).stage),
      duration: `${recorded.has(action.id) ? '' : '~'}${durationText(ownMs(graph, action))}`,
      isCritical: follows.has(action.id),
      needs: (needs.get(action.id) ?? []).map((from) => ({
        from,
        isCritical: follows.get(action.id) === from,
      })),
    });
  }
  const [first] = criticalPath;
  return {
    groups: [...groups].map(([label, nodes]) => ({ label, nodes })),
    criticalPath,
    criticalMs: first === undefined ? 0 : (graph.remainingMs.get(first) ?? 0),
  };
}

/** From the action with the longest remaining path on, always to the dependant that still takes longest. */
function longestPath({ actions, dependants, remainingMs }: Graph): readonly ActionId[] {
  const path: ActionId[] = [];
  const position = new Map([...actions.keys()].map((id, index) => [id, index]));
  let candidates: readonly ActionId[] = [...actions.keys()];
  for (;;) {
    let next: ActionId | undefined;
    for (const id of candidates) {
      const longer =
        next === undefined ||
        (remainingMs.get(id) ?? 0) > (remainingMs.get(next) ?? 0) ||
        (remainingMs.get(id) === remainingMs.get(next) &&
          (position.get(id) ?? 0) < (position.get(next) ?? 0));
      next = longer ? id : next;
    }
    if (next === undefined) {
      return path;
    }
    path.push(next);
    candidates = dependants.get(next) ?? [];
  }
}

/** What the action itself adds to the path behind it. */
function ownMs({ dependants, remainingMs }: Graph, { id }: Action): number {
  const behind = (dependants.get(id) ?? []).map((waiting) => remainingMs.get(waiting) ?? 0);
  return (remainingMs.get(id) ?? 0) - behind.reduce((most, each) => Math.max(most, each), 0);
}
