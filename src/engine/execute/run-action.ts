import type { ActionCache, ActionCacheRow } from '../../adapters/action-cache/action-cache.ts';
import type { Clock } from '../../adapters/clock/clock.ts';
import type { Timer } from '../../adapters/clock/timer.ts';
import type { Scratch } from '../../adapters/scratch/scratch.ts';
import type { LocalStore } from '../../adapters/store/store.ts';
import type { Action, ActionId, ActionResult, ActionTimes, StageOutput } from '../../model/action.ts';
import { digestOfJson } from '../../model/digest.ts';
import type { Emit } from '../../model/event.ts';
import type { Result } from '../../model/result.ts';
import type { Stage } from '../stage.ts';
import { actionKeyInputs, type KeySurroundings } from './action-key.ts';
import { type ActionLog, createActionLog } from './action-log.ts';
import { type ActionKey, resultOfRow, rowOf } from './cached-action.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import { actionAbandoned, actionTimedOut, stageCrashed } from './execute-diagnostic.ts';
import { type RedactLine, redactDiagnostic } from './redact.ts';

/** What the actions of a run are run with. */
export interface ActionHost extends KeySurroundings {
  readonly clock: Clock;
  readonly timer: Timer;
  readonly scratch: Scratch;
  readonly cache: LocalStore;
  readonly actionCache: ActionCache;
  readonly redact: RedactLine;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

type Outputs = ReadonlyMap<ActionId, StageOutput>;

/** Scratch space of an action that declares none. */
const scratchBytesUnlessTold = 64 * 1024 * 1024;

/**
 * Runs one action to its result: asks the action cache, makes a scratch folder, keeps time and log, catches
 * exceptions. Never throws for what a stage does, and ends a minute after its time limit whatever the stage does.
 */
export async function runAction(
  action: Action,
  stage: Stage,
  needs: Outputs,
  host: ActionHost,
): Promise<ActionResult> {
  if (host.signal.aborted) {
    return { status: 'cancelled' };
  }
  const startedAt = host.clock.now().toISOString();
  const log = createActionLog(host.cache);
  const deadline = createDeadline(host.timer, action.timeoutMs, host.signal);
  const warning = warnWhenSlow(action, host);
  let key: ActionKey | undefined;
  let tools: ActionTimes['tools'] = {};
  let over = false;

  function tell(line: string): void {
    if (over) {
      return;
    }
    const redacted = host.redact(line);
    log.write(redacted);
    host.emit({
      type: 'action-output',
      at: host.clock.now().toISOString(),
      action: action.id,
      line: redacted,
    });
  }

  async function work(): Promise<Result<StageOutput> | ActionCacheRow> {
    const fingerprint = await stage.fingerprint(action);
    if (!fingerprint.ok) {
      return fingerprint;
    }
    tools = fingerprint.value.tools;
    if (action.effect === 'pure') {
      const inputs = actionKeyInputs(action, stage, fingerprint.value, needs, host);
      key = { digest: digestOfJson(inputs), inputs };
      const row = await host.actionCache.get(key.digest);
      if (row !== undefined) {
        return row;
      }
    }
    return runStage(action, stage, needs, host, deadline, tell);
  }

  try {
    const ended = await deadline.bound(work());
    if (ended !== 'abandoned' && 'key' in ended) {
      return resultOfRow(ended);
    }
    const times = async (): Promise<ActionTimes> => timesOf({ startedAt, tools, key, log, host });
    if (ended !== 'abandoned' && ended.ok) {
      const result = { status: 'succeeded', cached: false, output: ended.value, ...(await times()) } as const;
      if (key !== undefined) {
        await keepRow(rowOf(action, key, result), host);
      }
      return result;
    }
    if (deadline.reason() === 'cancelled') {
      return { status: 'cancelled' };
    }
    const diagnostics = ended === 'abandoned' ? [actionAbandoned(action)] : ended.diagnostics;
    const all =
      deadline.reason() === 'timed-out'
        ? [actionTimedOut(action), ...diagnostics.filter((each) => each.failure !== 'cancelled')]
        : diagnostics;
    return {
      status: 'failed',
      diagnostics: all.map((each) => redactDiagnostic(each, host.redact)),
      ...(await times()),
    };
  } catch (error) {
    for (const line of stackOf(error).split('\n')) {
      tell(line);
    }
    return {
      status: 'failed',
      diagnostics: [redactDiagnostic(stageCrashed(action, error), host.redact)],
      ...(await timesOf({ startedAt, tools, key, log, host })),
    };
  } finally {
    over = true;
    warning?.cancel();
    deadline.close();
    await log.close();
  }
}

async function runStage(
  action: Action,
  stage: Stage,
  needs: Outputs,
  host: ActionHost,
  deadline: Deadline,
  tell: (line: string) => void,
): Promise<Result<StageOutput>> {
  const made = await host.scratch.create(action.id, action.uses?.disk ?? scratchBytesUnlessTold);
  if (!made.ok) {
    return made;
  }
  await using scratch = made.value;
  return await stage.run(action, {
    scratch,
    cache: host.cache,
    log: tell,
    signal: deadline.signal,
    timeoutMs: action.timeoutMs,
    ...(action.cpus === undefined ? {} : { cpus: action.cpus }),
    needs,
  });
}

function warnWhenSlow(action: Action, host: ActionHost): { cancel(): void } | undefined {
  const { warnAfterMs } = action;
  if (warnAfterMs === undefined) {
    return undefined;
  }
  return host.timer.after(warnAfterMs, () => {
    host.emit({ type: 'action-slow', at: host.clock.now().toISOString(), action: action.id, warnAfterMs });
  });
}

async function timesOf(parts: {
  readonly startedAt: string;
  readonly tools: ActionTimes['tools'];
  readonly key: ActionKey | undefined;
  readonly log: ActionLog;
  readonly host: ActionHost;
}): Promise<ActionTimes> {
  const log = await parts.log.close();
  return {
    ...(parts.key === undefined ? {} : { key: parts.key.digest }),
    startedAt: parts.startedAt,
    finishedAt: parts.host.clock.now().toISOString(),
    tools: parts.tools,
    ...(log === undefined ? {} : { log }),
  };
}

/** A row that cannot be kept costs time later and is no failure. */
async function keepRow(row: ActionCacheRow, host: ActionHost): Promise<void> {
  const kept = await host.actionCache.put(row);
  for (const diagnostic of kept.ok ? [] : kept.diagnostics) {
    host.emit({ type: 'diagnostic', at: host.clock.now().toISOString(), diagnostic });
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
