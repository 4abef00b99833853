import type { RunJournal } from '../../adapters/journal/journal.ts';
import type { Action, ActionId, ActionResult, StageOutput } from '../../model/action.ts';
import type { RunOutcome } from '../../model/event.ts';
import type { Graph } from '../graph/build-graph.ts';
import type { Stage } from '../stage.ts';
import { fateOf } from './fate.ts';
import { outcomeOf } from './outcome.ts';
import { createReadyQueue } from './ready-queue.ts';
import { createHostResources, type ResourceLimits } from './resource-limits.ts';
import { type ActionHost, runAction } from './run-action.ts';
import { createRunTeller } from './run-teller.ts';

export interface ExecuteOptions extends ActionHost {
  /** Id of the run, as in its record. */
  readonly run: string;
  /** By name; each stage that an action of the graph names. */
  readonly stages: ReadonlyMap<string, Stage>;
  readonly limits: ResourceLimits;
  /** After the first failure nothing new starts; what runs goes on to its end. */
  readonly failFast: boolean;
  readonly journal: RunJournal;
}

export interface Execution {
  readonly outcome: RunOutcome;
  /** One for each action of the graph. */
  readonly results: ReadonlyMap<ActionId, ActionResult>;
}

/**
 * Runs the actions of a graph: each starts the moment its last need has ended and the host has what it uses, the
 * longest remaining path first. A failure stops only what depends on it. Tells everything by events, and gives the
 * same results in the end.
 */
export async function execute(graph: Graph, options: ExecuteOptions): Promise<Execution> {
  const { actions } = graph;
  const stageOf = stagesOf(graph, options.stages);
  const tell = createRunTeller(options);
  const resources = createHostResources(options.limits);
  const results = new Map<ActionId, ActionResult>();
  const waitsFor = new Map<ActionId, number>();
  const ready = createReadyQueue(graph);
  const running = new Map<ActionId, Promise<EndedAction>>();
  const endings: EndedAction[] = [];
  let firstFailure: ActionId | undefined;

  /** Everything that the action needs has ended. */
  function release(action: Action): void {
    const fate = fateOf(action, actions, results);
    if (fate === undefined) {
      ready.add(action);
    } else {
      endings.push({ action, result: fate });
    }
  }

  async function settle({ action, result }: EndedAction): Promise<void> {
    results.set(action.id, result);
    firstFailure ??= result.status === 'failed' ? action.id : undefined;
    await tell.actionFinished(action.id, result);
    for (const id of graph.dependants.get(action.id) ?? []) {
      const left = (waitsFor.get(id) ?? 0) - 1;
      waitsFor.set(id, left);
      const waiting = actions.get(id);
      if (left === 0 && waiting !== undefined) {
        release(waiting);
      }
    }
  }

  /** What every action that did not start yet ends with, once nothing may start any more. */
  function endOfAllStarts(): ActionResult | undefined {
    if (options.signal.aborted) {
      return { status: 'cancelled' };
    }
    return options.failFast && firstFailure !== undefined
      ? { status: 'skipped', because: firstFailure }
      : undefined;
  }

  async function start(action: Action): Promise<EndedAction> {
    const refused = await tell.actionStarted(action);
    const result = refused ?? (await runAction(action, stageOf(action), needsOf(action, results), options));
    return { action, result };
  }

  await tell.runStarted([...actions.keys()]);
  for (const action of actions.values()) {
    const count = new Set(action.needs).size;
    waitsFor.set(action.id, count);
    if (count === 0) {
      release(action);
    }
  }
  for (;;) {
    for (let ended = endings.shift(); ended !== undefined; ended = endings.shift()) {
      await settle(ended);
    }
    const end = endOfAllStarts();
    const action = end === undefined ? ready.take(resources) : ready.takeAny();
    if (action !== undefined && end !== undefined) {
      endings.push({ action, result: end });
    } else if (action !== undefined) {
      running.set(action.id, start(action));
    } else if (running.size > 0) {
      const ended = await Promise.race(running.values());
      running.delete(ended.action.id);
      resources.giveBack(ended.action);
      endings.push(ended);
    } else {
      break;
    }
  }
  const outcome = outcomeOf(actions, results);
  await tell.runFinished(outcome);
  return { outcome, results };
}

interface EndedAction {
  readonly action: Action;
  readonly result: ActionResult;
}

/** An action that ended without an output has no entry. */
function needsOf(
  action: Action,
  results: ReadonlyMap<ActionId, ActionResult>,
): ReadonlyMap<ActionId, StageOutput> {
  const outputs = new Map<ActionId, StageOutput>();
  for (const id of action.needs) {
    const result = results.get(id);
    if (result !== undefined && 'output' in result && result.output !== undefined) {
      outputs.set(id, result.output);
    }
  }
  return outputs;
}

/** Looks each stage up before anything starts. */
function stagesOf(graph: Graph, stages: ReadonlyMap<string, Stage>): (action: Action) => Stage {
  function find(action: Action): Stage {
    const stage = stages.get(action.stage);
    if (stage === undefined) {
      throw new TypeError(`there is no stage ${action.stage}, which ${action.id} names`);
    }
    return stage;
  }
  for (const action of graph.actions.values()) {
    find(action);
  }
  return find;
}
