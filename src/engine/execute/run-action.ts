import type { ActionCacheRow } from '../../adapters/action-cache/action-cache.ts';
import type {
  Action,
  ActionId,
  ActionResult,
  ActionTimes,
  BlobReference,
  StageOutput,
} from '../../model/action.ts';
import type { Stage } from '../stage.ts';
import { cachedResult, rowOf } from './cached-action.ts';
import { type ActionHost, logOf, type RunParts, type TryEnd, tryAction, type Work } from './try-action.ts';

/**
 * Runs one action to its result: tries again what failed in passing, keeps what succeeded. Never throws for what a
 * stage does.
 */
export async function runAction(
  action: Action,
  stage: Stage,
  needs: ReadonlyMap<ActionId, StageOutput>,
  host: ActionHost,
  run: RunParts,
): Promise<ActionResult> {
  const startedAt = run.now();
  const work: Work = { action, stage, needs, host, run, log: undefined, key: undefined, tools: {} };
  try {
    for (let tries = 1; ; tries += 1) {
      const ended: TryEnd = run.endOf(action) === undefined ? await tryAction(work) : { type: 'stopped' };
      switch (ended.type) {
        case 'hit':
          return cachedResult(ended.kept);
        case 'stopped':
          return run.endOf(action) ?? { status: 'cancelled' };
        case 'output':
          return await succeeded(work, ended.output, startedAt);
        case 'failed': {
          const { diagnostics } = ended;
          const again = run.standBack(action, diagnostics, tries, (line) => logOf(work).write(line));
          if (again !== undefined && (await again)) {
            continue;
          }
          return (
            (again === undefined ? undefined : run.endOf(action)) ?? {
              status: 'failed',
              diagnostics,
              ...timesOf(work, startedAt, await work.log?.close()),
            }
          );
        }
      }
    }
  } finally {
    // Where the result did not need the log, its stream must end all the same.
    if (work.log !== undefined) {
      await work.log.close();
    }
  }
}

async function succeeded(work: Work, output: StageOutput, startedAt: string): Promise<ActionResult> {
  const result = {
    status: 'succeeded',
    cached: false,
    output,
    ...timesOf(work, startedAt, await work.log?.close()),
  } as const;
  if (work.key !== undefined) {
    await keepRow(rowOf(work.action, work.key, result), work);
  }
  return result;
}

function timesOf({ key, run, tools }: Work, startedAt: string, log: BlobReference | undefined): ActionTimes {
  return {
    ...(key === undefined ? {} : { key: key.digest }),
    startedAt,
    finishedAt: run.now(),
    tools,
    ...(log === undefined ? {} : { log }),
  };
}

/** A row that cannot be kept costs time later and is no failure. */
async function keepRow(row: ActionCacheRow, { host, run }: Work): Promise<void> {
  const kept = await host.actionCache.put(row);
  for (const diagnostic of kept.ok ? [] : kept.diagnostics) {
    host.emit({ type: 'diagnostic', at: run.now(), diagnostic });
  }
}
