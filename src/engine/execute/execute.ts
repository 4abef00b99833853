import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../adapters/clock/clock.ts';
import type { RunJournal } from '../../adapters/journal/journal.ts';
import type { Action, ActionId, ActionResult } from '../../model/action.ts';
import type { RunOutcome } from '../../model/event.ts';
import type { Graph } from '../graph/build-graph.ts';
import type { Stage } from '../stage.ts';
import { createOutputDigests } from './action-key.ts';
import { createBell } from './bell.ts';
import { createDeadlines } from './deadline.ts';
import { fateOf } from './fate.ts';
import { neededOutputs } from './needed-outputs.ts';
import { outcomeOf } from './outcome.ts';
import { createReadyQueue, type ReadyAction } from './ready-queue.ts';
import { createHostResources, type ResourceLimits } from './resource-limits.ts';
import { type RetryPolicy, retryAfterMs } from './retry.ts';
import { type ActionHost, type RunParts, runAction } from './run-action.ts';
import { createRunTeller } from './run-teller.ts';
import { stagesOf } from './stages-of.ts';
import { createTimestamps } from './timestamps.ts';

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
 * order of {@link createReadyQueue}. A failure stops only what depends on it; one that may pass is tried again. Tells
 * everything by events, and gives the same results in the end.
 */
export async function execute(graph: Graph, options: ExecuteOptions): Promise<Execution> {
  const { actions } = graph;
  const { signal, timer } = options;
  const stageOf = stagesOf(graph, options.stages);
  const now = createTimestamps(options.clock);
  const tell = createRunTeller({ ...options, now });
  const deadlines = createDeadlines(timer, signal);
  const resources = createHostResources(options.limits);
  const ready = createReadyQueue(graph, resources);
  const results = new Map<ActionId, ActionResult>();
  const waitsFor = new Map<ActionId, number>();
  const standingBack = new Map<ActionId, (goOn: boolean) => void>();
  const running = new Map<ActionId, ReadyAction>();
  const bell = createBell();
  let endings: EndedAction[] = [];
  let firstFailure: ActionId | undefined;

  const parts: RunParts = { now, deadlines, outputDigest: createOutputDigests(), standBack };

  /** Everything that the action needs has ended. */
  function release(action: Action): void {
    const fate = fateOf(action, actions, results);
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
    for (const id of graph.dependants.get(action.id) ?? []) {
      const left = (waitsFor.get(id) ?? 0) - 1;
      const waiting = actions.get(id);
      if (left === 0 && waiting !== undefined) {
        waitsFor.delete(id);
        release(waiting);
      } else {
        waitsFor.set(id, left);
      }
    }
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

  /** The action leaves what it uses to others until it is time, and then stands in line again. */
  function standBack(...[action, diagnostics, failedTries, write]: Parameters<RunParts['standBack']>) {
    const nowMs = options.clock.now().getTime();
    const delayMs = retryAfterMs(diagnostics, failedTries, nowMs, options.retry ?? defaultRetry);
    const held = running.get(action.id);
    if (delayMs === undefined || held === undefined || endOfAllStarts() !== undefined) {
      return undefined;
    }
    write(options.redact(tell.actionTriedAgain(action, diagnostics, failedTries, delayMs)));
    resources.giveBack(held.demand);
    running.delete(action.id);
    const again = Promise.withResolvers<boolean>();
    const handle = timer.after(delayMs, () => {
      standingBack.delete(action.id);
      ready.add(action, again.resolve);
      bell.ring();
    });
    standingBack.set(action.id, (goOn) => {
      handle.cancel();
      again.resolve(goOn);
    });
    bell.ring();
    return again.promise;
  }

  function run(action: Action): Promise<ActionResult> {
    return runAction(action, stageOf(action), neededOutputs(action, results), options, parts);
  }

  /** An effect that the journal could not hold does not happen. */
  async function runEffect(action: Action): Promise<ActionResult> {
    return (await tell.effectStarted(action)) ?? run(action);
  }

  let open = 0;
  function start(next: ReadyAction): void {
    const { action } = next;
    running.set(action.id, next);
    if (next.resume !== undefined) {
      next.resume(true);
      return;
    }
    open += 1;
    tell.actionStarted(action);
    const ended = action.effect === 'effect' ? runEffect(action) : run(action);
    ended.then((result) => {
      const held = running.get(action.id);
      if (held !== undefined) {
        resources.giveBack(held.demand);
        running.delete(action.id);
      }
      open -= 1;
      endings.push({ action, result });
      bell.ring();
    }, bell.break);
  }

  /** Ends everything that waits. */
  function startNoMore(end: ActionResult): void {
    for (const resume of standingBack.values()) {
      resume(false);
    }
    standingBack.clear();
    for (let next = ready.takeAny(); next !== undefined; next = ready.takeAny()) {
      if (next.resume === undefined) {
        endings.push({ action: next.action, result: end });
      } else {
        next.resume(false);
      }
    }
  }

  signal.addEventListener('abort', bell.ring, { once: true });
  try {
    tell.runStarted([...actions.keys()]);
    for (const action of actions.values()) {
      const count = new Set(action.needs).size;
      if (count === 0) {
        release(action);
      } else {
        waitsFor.set(action.id, count);
      }
    }
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
          start(next);
        }
      }
      if (endings.length > 0) {
        continue;
      }
      if (open === 0) {
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

interface EndedAction {
  readonly action: Action;
  readonly result: ActionResult;
}

const defaultRetry: RetryPolicy = { tries: 3, random: Math.random };
