import type { ActionCache, ActionCacheRow } from '../../adapters/action-cache/action-cache.ts';
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
import { type ActionKey, resultOfRow, rowOf } from './cached-action.ts';
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
   * has failed for good, with false where the run was stopped meanwhile. `tell` writes a line into the action's log.
   */
  readonly standBack: (
    action: Action,
    diagnostics: readonly Diagnostic[],
    failedTries: number,
    tell: (line: string) => void,
  ) => Promise<boolean> | undefined;
}

type Outputs = ReadonlyMap<ActionId, StageOutput>;

/** Scratch space of an action that declares none. */
const scratchBytesUnlessTold = 64 * 1024 * 1024;

/** How one try ended. */
type Ended =
  | { readonly type: 'hit'; readonly row: ActionCacheRow }
  | { readonly type: 'output'; readonly output: StageOutput }
  | { readonly type: 'failed'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly type: 'cancelled' };

/**
 * Runs one action to its result: asks the action cache, makes a scratch folder, keeps time and log, catches
 * exceptions, tries again what failed in passing. Never throws for what a stage does, and each try ends a minute
 * after its time limit whatever the stage does.
 */
export async function runAction(
  action: Action,
  stage: Stage,
  needs: Outputs,
  host: ActionHost,
  run: RunParts,
): Promise<ActionResult> {
  const startedAt = run.now();
  const work: Work = { action, stage, needs, host, run, log: undefined, key: undefined, tools: {} };
  try {
    for (let tries = 1; ; tries += 1) {
      const ended = host.signal.aborted ? ({ type: 'cancelled' } as const) : await tryOnce(work);
      if (ended.type === 'hit') {
        return resultOfRow(ended.row);
      }
      if (ended.type === 'cancelled') {
        return { status: 'cancelled' };
      }
      if (ended.type === 'output') {
        const result = {
          status: 'succeeded',
          cached: false,
          output: ended.output,
          ...(await timesOf(work, startedAt)),
        } as const;
        if (work.key !== undefined) {
          await keepRow(rowOf(action, work.key, result), host, run);
        }
        return result;
      }
      const again = run.standBack(action, ended.diagnostics, tries, (line) => logOf(work).write(line));
      if (again === undefined || !(await again)) {
        return again !== undefined && host.signal.aborted
          ? { status: 'cancelled' }
          : { status: 'failed', diagnostics: ended.diagnostics, ...(await timesOf(work, startedAt)) };
      }
    }
  } finally {
    // Where the result did not need the log, its stream must end all the same.
    if (work.log !== undefined) {
      await work.log.close();
    }
  }
}

/** An action at work, and what is found out about it. */
interface Work {
  readonly action: Action;
  readonly stage: Stage;
  readonly needs: Outputs;
  readonly host: ActionHost;
  readonly run: RunParts;
  /** Made with the first line. */
  log: ActionLog | undefined;
  key: ActionKey | undefined;
  tools: ActionTimes['tools'];
}

async function tryOnce(work: Work): Promise<Ended> {
  const { action, host, run } = work;
  const deadline = run.deadlines.open(action.timeoutMs);
  const warning = warnWhenSlow(action, host, run);
  let over = false;

  function tell(line: string): void {
    if (!over) {
      const redacted = host.redact(line);
      logOf(work).write(redacted);
      host.emit({ type: 'action-output', at: run.now(), action: action.id, line: redacted });
    }
  }

  const failed = (diagnostics: readonly Diagnostic[]): Ended => ({
    type: 'failed',
    diagnostics: diagnostics.map((each) => redactDiagnostic(each, host.redact)),
  });

  try {
    const ended = await deadline.bound(lookUpOrRun(work, deadline, tell));
    if (ended !== 'abandoned' && 'key' in ended) {
      return { type: 'hit', row: ended };
    }
    if (ended !== 'abandoned' && ended.ok) {
      return { type: 'output', output: ended.value };
    }
    if (deadline.reason() === 'cancelled') {
      return { type: 'cancelled' };
    }
    const diagnostics = ended === 'abandoned' ? [actionAbandoned(action)] : ended.diagnostics;
    return deadline.reason() === 'timed-out'
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
): Promise<Result<StageOutput> | ActionCacheRow> {
  const { action, stage, needs, host, run } = work;
  const fingerprint = await stage.fingerprint(action);
  if (!fingerprint.ok) {
    return fingerprint;
  }
  work.tools = fingerprint.value.tools;
  if (action.effect === 'pure') {
    const inputs = actionKeyInputs(action, stage, fingerprint.value, needs, host, run.outputDigest);
    work.key = { digest: actionKey(inputs), inputs };
    const row = await host.actionCache.get(work.key.digest);
    if (row !== undefined) {
      return row;
    }
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

function logOf(work: Work): ActionLog {
  work.log ??= createActionLog(work.host.cache);
  return work.log;
}

async function timesOf({ key, run, tools, log }: Work, startedAt: string): Promise<ActionTimes> {
  const stored = log === undefined ? undefined : await log.close();
  return {
    ...(key === undefined ? {} : { key: key.digest }),
    startedAt,
    finishedAt: run.now(),
    tools,
    ...(stored === undefined ? {} : { log: stored }),
  };
}

/** A row that cannot be kept costs time later and is no failure. */
async function keepRow(row: ActionCacheRow, host: ActionHost, run: RunParts): Promise<void> {
  const kept = await host.actionCache.put(row);
  for (const diagnostic of kept.ok ? [] : kept.diagnostics) {
    host.emit({ type: 'diagnostic', at: run.now(), diagnostic });
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
