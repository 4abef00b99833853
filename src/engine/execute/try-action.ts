import type { ActionCache, KeptResult } from '../../adapters/action-cache/action-cache.ts';
import type { Timer } from '../../adapters/clock/timer.ts';
import type { Scratch } from '../../adapters/scratch/scratch.ts';
import type { LocalStore } from '../../adapters/store/store.ts';
import type { Action, ActionId, ActionResult, ActionTimes, StageOutput } from '../../model/action.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Emit } from '../../model/event.ts';
import { failure, type Result } from '../../model/result.ts';
import type { Stage } from '../stage.ts';
import { actionKey, actionKeyInputs, type KeySurroundings, type OutputDigests } from './action-key.ts';
import { type ActionLog, createActionLog } from './action-log.ts';
import type { ActionKey } from './cached-action.ts';
import type { Deadline, Deadlines } from './deadline.ts';
import { actionAbandoned, actionTimedOut, stageCrashed } from './execute-diagnostic.ts';
import { type RedactLine, redactDiagnostic } from './redact.ts';
import { noScratch, stageContext } from './stage-context.ts';

/** What the actions of a run are run with. */
export interface ActionHost extends KeySurroundings {
  readonly timer: Timer;
  readonly scratch: Scratch;
  readonly cache: LocalStore;
  readonly actionCache: ActionCache;
  readonly redact: RedactLine;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** What the actions of one run share. */
export interface RunParts {
  /** ISO 8601 UTC. */
  readonly now: () => string;
  readonly deadlines: Deadlines;
  readonly outputDigest: OutputDigests;
  /**
   * Asked about each try that failed: resolves with true when it is time to try again, with nothing where the action
   * has failed for good, with false where it was stopped meanwhile. `tell` writes a line into the action's log.
   */
  readonly standBack: (
    action: Action,
    diagnostics: readonly Diagnostic[],
    failedTries: number,
    tell: (line: string) => void,
  ) => Promise<boolean> | undefined;
  /** How an action ends that must not start, or not go on. */
  readonly endOf: (action: Action) => ActionResult | undefined;
}

/** An action at work, and what is found out about it. */
export interface Work {
  readonly action: Action;
  readonly stage: Stage;
  readonly needs: ReadonlyMap<ActionId, StageOutput>;
  readonly host: ActionHost;
  readonly run: RunParts;
  /** Made with the first line. */
  log: ActionLog | undefined;
  key: ActionKey | undefined;
  tools: ActionTimes['tools'];
}

/** How one try ended; `stopped` by the run and not by its own time limit. */
export type TryEnd =
  | { readonly type: 'hit'; readonly kept: KeptResult }
  | { readonly type: 'output'; readonly output: StageOutput }
  | { readonly type: 'failed'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly type: 'stopped' };

/** Scratch space of an action that declares none. */
const scratchBytesUnlessTold = 64 * 1024 * 1024;

/**
 * Asks the action cache, else runs the stage, within the time limit. Never throws for what a stage does, and ends a
 * minute after it was told to stop whatever the stage does.
 */
export async function tryAction(work: Work): Promise<TryEnd> {
  const { action, host, run } = work;
  const deadline = run.deadlines.open(action.id, action.timeoutMs);
  const warning = warnWhenSlow(action, host, run);
  let over = false;

  function tell(line: string): void {
    if (!over) {
      const redacted = host.redact(line);
      logOf(work).write(redacted);
      host.emit({ type: 'action-output', at: run.now(), action: action.id, line: redacted });
    }
  }

  const failed = (diagnostics: readonly Diagnostic[]): TryEnd => ({
    type: 'failed',
    diagnostics: diagnostics.map((each) => redactDiagnostic(each, host.redact)),
  });

  try {
    const ended = await deadline.bound(lookUpOrRun(work, deadline, tell));
    if (typeof ended !== 'string') {
      if ('key' in ended) {
        return { type: 'hit', kept: ended };
      }
      if (ended.ok) {
        return { type: 'output', output: ended.value };
      }
    }
    const reason = deadline.reason();
    if (reason === 'cancelled' || reason === 'withdrawn') {
      return { type: 'stopped' };
    }
    const diagnostics =
      typeof ended !== 'string' ? ended.diagnostics : ended === 'abandoned' ? [actionAbandoned(action)] : [];
    return reason === 'timed-out'
      ? failed([actionTimedOut(action), ...diagnostics.filter((each) => each.failure !== 'cancelled')])
      : failed(diagnostics);
  } catch (error) {
    for (const line of stackOf(error).split('\n')) {
      tell(line);
    }
    return failed([stageCrashed(action, error)]);
  } finally {
    over = true;
    warning?.cancel();
    deadline.close();
  }
}

async function lookUpOrRun(
  work: Work,
  deadline: Deadline,
  tell: (line: string) => void,
): Promise<Result<StageOutput> | KeptResult | 'not-started'> {
  const { action, stage, needs, host, run } = work;
  const fingerprint = await stage.fingerprint(action);
  if (!fingerprint.ok) {
    return fingerprint;
  }
  work.tools = fingerprint.value.tools;
  if (action.effect === 'pure') {
    const inputs = actionKeyInputs(action, stage, fingerprint.value, needs, host, run.outputDigest);
    work.key = { digest: actionKey(inputs), inputs };
    const kept = await host.actionCache.get(work.key.digest);
    if (kept !== undefined) {
      return kept;
    }
  }
  if (deadline.reason() !== undefined) {
    return 'not-started';
  }
  if (action.uses?.disk === 0) {
    return await stage.run(action, stageContext({ action, needs, host, deadline, tell }, noScratch));
  }
  const made = await host.scratch.create(action.id, action.uses?.disk ?? scratchBytesUnlessTold);
  if (!made.ok) {
    return failure(...made.diagnostics);
  }
  await using scratch = made.value;
  return await stage.run(action, stageContext({ action, needs, host, deadline, tell }, scratch));
}

function warnWhenSlow(action: Action, host: ActionHost, run: RunParts): { cancel(): void } | undefined {
  const { warnAfterMs } = action;
  if (warnAfterMs === undefined) {
    return undefined;
  }
  return host.timer.after(warnAfterMs, () => {
    host.emit({ type: 'action-slow', at: run.now(), action: action.id, warnAfterMs });
  });
}

/** The log of an action, made when it has a line. */
export function logOf(work: Work): ActionLog {
  work.log ??= createActionLog(work.host.cache);
  return work.log;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
