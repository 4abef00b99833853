import type { Action, ActionId } from '../../model/action.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { findCycle } from './find-cycle.ts';

const expectedMsUnlessTold = 1000;

/** Actions in an order in which none stands before what it needs. */
export interface Graph {
  readonly actions: ReadonlyMap<ActionId, Action>;
  /** Who needs an action; an empty list where nobody does. */
  readonly dependants: ReadonlyMap<ActionId, readonly ActionId[]>;
  /** Expected time from the start of an action to the end of the last one that waits for it. */
  readonly remainingMs: ReadonlyMap<ActionId, number>;
}

/**
 * Orders actions by what they need; equal input gives an equal order. A cycle is a failure that names its path
 * (SK3001). An action that is given twice, or needed and not given, is a bug of the pipeline.
 */
export function buildGraph(actions: readonly Action[]): Result<Graph> {
  const byId = new Map<ActionId, Action>();
  const dependants = new Map<ActionId, ActionId[]>();
  for (const action of actions) {
    if (byId.has(action.id)) {
      throw new TypeError(`action ${action.id} is given twice`);
    }
    byId.set(action.id, action);
    dependants.set(action.id, []);
  }
  for (const action of actions) {
    for (const needed of new Set(action.needs)) {
      const waiting = dependants.get(needed);
      if (waiting === undefined) {
        throw new TypeError(`action ${action.id} needs ${needed}, which is not given`);
      }
      waiting.push(action.id);
    }
  }

  const ordered = inOrder(byId, dependants);
  if (ordered.size < byId.size) {
    const cycle = findCycle(actions.filter((action) => !ordered.has(action.id)));
    return failure({
      code: 'SK3001',
      severity: 'error',
      message: `actions wait for each other: ${cycle.join(' → ')}`,
      hint: 'remove one of the references between these resources',
      failure: 'stalled',
    });
  }
  return success({ actions: ordered, dependants, remainingMs: remainingMs(ordered, dependants) });
}

/** Kahn's algorithm; actions of a cycle, and those behind it, are missing. */
function inOrder(
  actions: ReadonlyMap<ActionId, Action>,
  dependants: ReadonlyMap<ActionId, readonly ActionId[]>,
): Map<ActionId, Action> {
  const open = new Map<ActionId, number>();
  const ordered = new Map<ActionId, Action>();
  for (const action of actions.values()) {
    const needed = new Set(action.needs).size;
    open.set(action.id, needed);
    if (needed === 0) {
      ordered.set(action.id, action);
    }
  }
  // A map gives out entries that are added while it is walked.
  for (const id of ordered.keys()) {
    for (const waiting of dependants.get(id) ?? []) {
      const left = (open.get(waiting) ?? 0) - 1;
      open.set(waiting, left);
      const action = actions.get(waiting);
      if (left === 0 && action !== undefined) {
        ordered.set(waiting, action);
      }
    }
  }
  return ordered;
}

function remainingMs(
  ordered: ReadonlyMap<ActionId, Action>,
  dependants: ReadonlyMap<ActionId, readonly ActionId[]>,
): ReadonlyMap<ActionId, number> {
  const remaining = new Map<ActionId, number>();
  for (const action of [...ordered.values()].reverse()) {
    const longest = (dependants.get(action.id) ?? []).reduce(
      (most, waiting) => Math.max(most, remaining.get(waiting) ?? 0),
      0,
    );
    remaining.set(action.id, longest + (action.expectedMs ?? expectedMsUnlessTold));
  }
  return remaining;
}
