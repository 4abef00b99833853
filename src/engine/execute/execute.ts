import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../adapters/clock/clock.ts';
import type { RunJournal } from '../../adapters/journal/journal.ts';
import type { Action, ActionId, ActionResult } from '../../model/action.ts';
import type { RunOutcome } from '../../model/event.ts';
import type { Graph } from '../graph/build-graph.ts';
import type { Stage } from '../stage.ts';
import { createOutputDigests } from './action-key.ts';
import { createAtWork, type EndedAction } from './at-work.ts';
import { createBell } from './bell.ts';
import { createDeadlines } from './deadline.ts';
import { fateOf } from './fate.ts';
import { neededOutputs } from './needed-outputs.ts';
import { createOpenNeeds } from './open-needs.ts';
import { outcomeOf } from './outcome.ts';
import { createReadyQueue, type ReadyAction } from './ready-queue.ts';
import { createHostResources, type ResourceLimits } from './resource-limits.ts';
import type { RetryPolicy } from './retry.ts';
import { runAction } from './run-action.ts';
import { createRunTeller } from './run-teller.ts';
import { stagesOf } from './stages-of.ts';
import { createStandingBack } from './standing-back.ts';
import { createTimestamps } from './timestamps.ts';
import type { ActionHost, RunParts } from './try-action.ts';
import { createWithdrawals, type Withdraw } from './withdrawals.ts';

export interface ExecuteOptions extends ActionHost {
  /** Id of the run, as in its record. */
  readonly run: string;
  readonly clock: Clock;
  /** By name; each stage that an action of the graph names. */
  readonly stages: ReadonlyMap<string, Stage>;
  readonly limits: ResourceLimits;
  /** After the first failure nothing new starts; what runs goes on to its end. */
  readonly failFast: boolean;
  /** Default: three tries. */
  readonly retry?: RetryPolicy;
  readonly journal: RunJournal;
  /** Looks what is not wanted any more while the run goes on; disposed of when every action has ended. */
  readonly watch?: (withdraw: Withdraw) => AsyncDisposable;
}

export interface Execution {
  readonly outcome: RunOutcome;
  /** One for each action of the graph. */
  readonly results: ReadonlyMap<ActionId, ActionResult>;
}

/** After so many endings in a row timers, input and the journal get their turn. */
const endingsInARow = 500;

/**
 * Runs the actions of a graph: each starts the moment its last need has ended and the host has what it uses, in the
 * order of {@link createReadyQueue}. A failure stops only what depends on it; one that may pass is tried again. What is
 * withdrawn is stopped, and nothing more of it starts. Tells everything by events, and gives the same results in the end.
 */
export async function execute(graph: Graph, options: ExecuteOptions): Promise<Execution> {
  const { actions } = graph;
  const { signal } = options;
  const stageOf = stagesOf(graph, options.stages);
  const now = createTimestamps(options.clock);
  const tell = createRunTeller({ ...options, now });
  const deadlines = createDeadlines(options.timer, signal);
  const resources = createHostResources(options.limits);
  const ready = createReadyQueue(graph, resources);
  const needs = createOpenNeeds(graph);
  const withdrawn = createWithdrawals(graph);
  const results = new Map<ActionId, ActionResult>();
  const bell = createBell();
  let endings: EndedAction[] = [];
  let firstFailure: ActionId | undefined;

  const standingBack = createStandingBack({
    clock: options.clock,
    timer: options.timer,
    retry: options.retry,
    due: (action, resume) => {
      ready.add(action, resume);
      bell.ring();
    },
  });
  const atWork = createAtWork({
    resources,
    standingBack,
    tell,
    redact: options.redact,
    run: (action) => runAction(action, stageOf(action), neededOutputs(action, results), options, parts),
    mayTryAgain: (action) => endOfAllStarts() === undefined && endOf(action) === undefined,
    changed: (ended) => {
      if (ended !== undefined) {
        endings.push(ended);
      }
      bell.ring();
    },
    broken: bell.break,
  });
  const { standBack } = atWork;
  const parts: RunParts = { now, deadlines, outputDigest: createOutputDigests(), standBack, endOf };

  /** How an action ends that must not start, or not go on. */
  function endOf({ id }: Action): ActionResult | undefined {
    return withdrawn.resultOf(id) ?? (signal.aborted ? { status: 'cancelled' } : undefined);
  }

  /** What every action that did not start yet ends with, once nothing may start any more. */
  function endOfAllStarts(): ActionResult | undefined {
    if (signal.aborted) {
      return { status: 'cancelled' };
    }
    return options.failFast && firstFailure !== undefined
      ? { status: 'skipped', because: firstFailure }
      : undefined;
  }

  /** Everything that the action needs has ended. */
  function release(action: Action): void {
    const fate = withdrawn.resultOf(action.id) ?? fateOf(action, actions, results);
    if (fate === undefined) {
      ready.add(action);
    } else {
      endings.push({ action, result: fate });
    }
  }

  function settle({ action, result }: EndedAction): void {
    results.set(action.id, result);
    firstFailure ??= result.status === 'failed' ? action.id : undefined;
    tell.actionFinished(action.id, result);
    needs.ended(action.id, release);
  }

  /** Ends an action that stood in line. */
  function turnAway({ action, resume }: ReadyAction, end: ActionResult): void {
    if (resume === undefined) {
      endings.push({ action, result: end });
    } else {
      resume(false);
    }
  }

  function withdraw(...what: Parameters<Withdraw>): void {
    for (const action of withdrawn.add(...what)) {
      deadlines.withdraw(action);
      standingBack.end(action);
    }
    for (const next of ready.takeWhere(({ id }) => withdrawn.resultOf(id) !== undefined)) {
      turnAway(next, endOf(next.action) ?? { status: 'cancelled' });
    }
    bell.ring();
  }

  /** Ends everything that waits. */
  function startNoMore(end: ActionResult): void {
    standingBack.endAll();
    for (const next of ready.takeWhere(() => true)) {
      turnAway(next, end);
    }
  }

  signal.addEventListener('abort', bell.ring, { once: true });
  try {
    tell.runStarted([...actions.keys()]);
    needs.first.forEach(release);
    await using _watch = options.watch?.(withdraw);
    for (let inARow = 0; ; ) {
      while (endings.length > 0) {
        const ended = endings;
        endings = [];
        ended.forEach(settle);
        inARow += ended.length;
      }
      const end = endOfAllStarts();
      if (end !== undefined) {
        startNoMore(end);
      } else {
        for (let next = ready.take(); next !== undefined; next = ready.take()) {
          atWork.start(next);
        }
      }
      if (endings.length > 0) {
        continue;
      }
      if (atWork.count === 0) {
        break;
      }
      if (inARow >= endingsInARow) {
        inARow = 0;
        await nextTurn();
      }
      await bell.heard();
    }
  } finally {
    signal.removeEventListener('abort', bell.ring);
    deadlines.close();
  }
  const outcome = outcomeOf(actions, results);
  await tell.runFinished(outcome);
  return { outcome, results };
}
