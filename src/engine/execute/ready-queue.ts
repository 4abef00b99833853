import type { Action } from '../../model/action.ts';
import type { ResourceIdentity } from '../../model/resource.ts';
import type { Graph } from '../graph/build-graph.ts';
import { createHeap, type Heap } from './heap.ts';
import { type Demand, type HostResources, isSameDemand } from './resource-limits.ts';

/** How often actions that come later may start before one that does not fit on the host yet. */
const mostOvertakings = 8;

export interface ReadyAction {
  readonly action: Action;
  /** What it uses of the host. */
  readonly demand: Demand;
  /** Set for an action that stood back: told whether it goes on. */
  readonly resume?: (goOn: boolean) => void;
}

export interface ReadyQueue {
  add(action: Action, resume?: (goOn: boolean) => void): void;
  /** The first action that may start now, which has its resources then. */
  take(): ReadyAction | undefined;
  /** Those that are wanted, which get no resources. */
  takeWhere(isWanted: (action: Action) => boolean): readonly ReadyAction[];
}

/**
 * Actions that may start, in this order: the longest remaining path; then the resource whose turn it is, so that one
 * with many actions does not hold up others; then who was ready first. What does not fit on the host may be overtaken
 * eight times; after that nothing that comes behind it starts before it.
 */
export function createReadyQueue(graph: Graph, resources: HostResources): ReadyQueue {
  const lines: Line[] = [];
  const turns = createTurns();
  let sequence = 0;

  function lineOf(action: Action): Line {
    const demand = resources.demandOf(action);
    const known = lines.find((line) => isSameDemand(line.demand, demand));
    if (known !== undefined) {
      return known;
    }
    const line = { demand, waiting: createHeap(precedes), overtaken: 0 };
    lines.push(line);
    return line;
  }

  function takeFrom(line: Line, first: Entry): ReadyAction {
    line.waiting.take();
    line.overtaken = 0;
    turns.taken(first.turn);
    return readyAction(first, line.demand);
  }

  return {
    add: (action, resume) => {
      sequence += 1;
      lineOf(action).waiting.add({
        action,
        resume,
        remainingMs: graph.remainingMs.get(action.id) ?? 0,
        turn: turns.next(action),
        sequence,
      });
    },
    take: () => {
      const best = firstLine(lines, (line) => resources.fits(line.demand));
      const first = best?.waiting.first;
      const kept = firstLine(lines, (line) => line.overtaken >= mostOvertakings)?.waiting.first;
      if (best === undefined || first === undefined || (kept !== undefined && precedes(kept, first))) {
        return undefined;
      }
      for (const line of lines) {
        const other = line.waiting.first;
        line.overtaken += other !== undefined && precedes(other, first) ? 1 : 0;
      }
      resources.take(best.demand);
      return takeFrom(best, first);
    },
    takeWhere: (isWanted) =>
      lines.flatMap((line) => {
        const { first } = line.waiting;
        const taken = line.waiting.takeWhere(({ action }) => isWanted(action));
        if (line.waiting.first !== first) {
          line.overtaken = 0;
        }
        return taken.map((entry) => readyAction(entry, line.demand));
      }),
  };
}

interface Entry {
  readonly action: Action;
  readonly resume: ((goOn: boolean) => void) | undefined;
  readonly remainingMs: number;
  readonly turn: number;
  readonly sequence: number;
}

function readyAction({ action, resume }: Entry, demand: Demand): ReadyAction {
  return resume === undefined ? { action, demand } : { action, demand, resume };
}

/** Actions that use the same of the host: where the first does not fit, no other does. */
interface Line {
  readonly demand: Demand;
  readonly waiting: Heap<Entry>;
  /** How often something started that comes after the first. */
  overtaken: number;
}

function precedes(left: Entry, right: Entry): boolean {
  if (left.remainingMs !== right.remainingMs) {
    return left.remainingMs > right.remainingMs;
  }
  return left.turn === right.turn ? left.sequence < right.sequence : left.turn < right.turn;
}

/** Of the lines that are wanted, the one whose first action comes first. */
function firstLine(lines: readonly Line[], isWanted: (line: Line) => boolean): Line | undefined {
  let best: Line | undefined;
  let bestFirst: Entry | undefined;
  for (const line of lines) {
    const { first } = line.waiting;
    const isFirst = first !== undefined && (bestFirst === undefined || precedes(first, bestFirst));
    if (isFirst && isWanted(line)) {
      best = line;
      bestFirst = first;
    }
  }
  return best;
}

/**
 * Start-time fair queueing: each action of a resource gets the turn after its last one, and never one that has passed,
 * so that who comes late neither waits for everybody nor goes before everybody.
 */
function createTurns() {
  const ofKinds = new Map<string, Map<string, { last: number }>>();
  let now = 0;

  function turnsOf({ kind, name }: ResourceIdentity): { last: number } {
    let ofNames = ofKinds.get(kind);
    if (ofNames === undefined) {
      ofNames = new Map();
      ofKinds.set(kind, ofNames);
    }
    let turns = ofNames.get(name);
    if (turns === undefined) {
      turns = { last: -1 };
      ofNames.set(name, turns);
    }
    return turns;
  }

  return {
    next: ({ resource }: Action): number => {
      const turns = turnsOf(resource);
      turns.last = Math.max(now, turns.last + 1);
      return turns.last;
    },
    taken: (turn: number): void => {
      now = Math.max(now, turn);
    },
  };
}
