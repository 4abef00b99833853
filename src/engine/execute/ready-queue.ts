import type { Action } from '../../model/action.ts';
import type { Graph } from '../graph/build-graph.ts';
import type { HostResources } from './resource-limits.ts';

export interface ReadyQueue {
  add(action: Action): void;
  /** The first action that fits on the host, which has its resources then; nothing where none fits. */
  take(resources: HostResources): Action | undefined;
  /** An action whether it fits or not. */
  takeAny(): Action | undefined;
}

/**
 * Actions that may start, the longest remaining path first, then in the order of the graph. Those that use the same
 * of the host stand in one line: where its first does not fit, no other does.
 */
export function createReadyQueue(graph: Graph): ReadyQueue {
  const rankOf = ranks(graph);
  const lines = new Map<string, Action[]>();

  function firstOf(fits: (action: Action) => boolean): Action | undefined {
    const firsts = [...lines.values()].flatMap((line) => line.slice(0, 1));
    return firsts.toSorted((left, right) => rankOf(left) - rankOf(right)).find(fits);
  }

  function remove(action: Action): void {
    lines.get(lineOf(action))?.shift();
  }

  return {
    add: (action) => {
      const name = lineOf(action);
      const line = lines.get(name) ?? [];
      lines.set(name, line);
      line.splice(insertionIndex(line, rankOf(action), rankOf), 0, action);
    },
    take: (resources) => {
      const action = firstOf((candidate) => resources.take(candidate));
      if (action !== undefined) {
        remove(action);
      }
      return action;
    },
    takeAny: () => {
      const action = firstOf(() => true);
      if (action !== undefined) {
        remove(action);
      }
      return action;
    },
  };
}

function lineOf(action: Action): string {
  const { cpu = 1, memory = 0, disk = 0, kvm = 0, network = 0 } = action.uses ?? {};
  return [cpu, memory, disk, kvm, network].join(' ');
}

function ranks(graph: Graph): (action: Action) => number {
  const byPriority = [...graph.actions.keys()].toSorted(
    (left, right) => (graph.remainingMs.get(right) ?? 0) - (graph.remainingMs.get(left) ?? 0),
  );
  const rank = new Map(byPriority.map((id, index) => [id, index]));
  return (action) => rank.get(action.id) ?? 0;
}

function insertionIndex(sorted: readonly Action[], rank: number, rankOf: (action: Action) => number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = sorted[middle];
    if (found !== undefined && rankOf(found) < rank) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
