import type { Action, ActionId } from '../../model/action.ts';
import type { Graph } from '../graph/build-graph.ts';

/** Keeps count of what actions still wait for. */
export interface OpenNeeds {
  /** Actions that need nothing. */
  readonly first: readonly Action[];
  /** Takes note that an action has ended, and releases those for which it was the last one. */
  ended(action: ActionId, release: (action: Action) => void): void;
}

export function createOpenNeeds({ actions, dependants }: Graph): OpenNeeds {
  const open = new Map<ActionId, number>();
  const first: Action[] = [];
  for (const action of actions.values()) {
    const count = action.needs.length < 2 ? action.needs.length : new Set(action.needs).size;
    if (count === 0) {
      first.push(action);
    } else if (count > 1) {
      open.set(action.id, count);
    }
  }

  /** Counts down; with one need there is nothing to count. */
  function isLast({ id, needs }: Action): boolean {
    const left = needs.length === 1 ? 0 : (open.get(id) ?? 1) - 1;
    if (left > 0) {
      open.set(id, left);
    } else if (needs.length > 1) {
      open.delete(id);
    }
    return left === 0;
  }

  return {
    first,
    ended: (ended, release) => {
      for (const id of dependants.get(ended) ?? nobody) {
        const action = actions.get(id);
        if (action !== undefined && isLast(action)) {
          release(action);
        }
      }
    },
  };
}

const nobody: readonly never[] = [];
