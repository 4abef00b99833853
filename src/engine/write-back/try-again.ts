import type { Stopwatch } from '../../adapters/clock/stopwatch.ts';
import type { Timer } from '../../adapters/clock/timer.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type Failure, failure, type Result } from '../../model/result.ts';
import { backOffDelayMs } from './back-off.ts';
import { wait } from './wait.ts';

export interface TryAgainOptions {
  readonly stopwatch: Stopwatch;
  readonly timer: Timer;
  /** Evenly spread over 0 to 1, 1 excluded. */
  readonly random: () => number;
  /** No attempt starts after this time. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  /** Told of the first failure, as a note, before it is waited for. */
  readonly report: (diagnostic: Diagnostic) => void;
}

/**
 * Asks again while the failure is one that may pass (`transient`, `timed-out`), with the waiting times of a lost race.
 * Gives the last failure where time is up, and SK2204 where the run is cancelled meanwhile.
 */
export async function tryAgain<Value>(
  attempt: () => Promise<Result<Value>>,
  options: TryAgainOptions,
): Promise<Result<Value>> {
  const { stopwatch } = options;
  const startedMs = stopwatch.readMs();
  for (let failures = 1; ; failures += 1) {
    const result = await attempt();
    const passing = result.ok ? undefined : passingFailure(result);
    if (passing === undefined) {
      return result;
    }
    const delayMs = backOffDelayMs(failures, options.random());
    if (stopwatch.readMs() - startedMs + delayMs > options.deadlineMs) {
      return result;
    }
    if (failures === 1) {
      options.report(toldOf(passing, options.deadlineMs));
    }
    if (!(await wait(delayMs, options))) {
      return failure(cancelled(passing));
    }
  }
}

function passingFailure({ diagnostics }: Failure): Diagnostic | undefined {
  return diagnostics.find(({ failure }) => failure === 'transient' || failure === 'timed-out');
}

function toldOf(passing: Diagnostic, deadlineMs: number): Diagnostic {
  return {
    code: passing.code,
    severity: 'note',
    message: passing.message,
    hint: `nothing yet: it is tried again for up to ${Math.round(deadlineMs / 1000)} s (--push-timeout)`,
  };
}

function cancelled({ message }: Diagnostic): Diagnostic {
  return {
    code: 'SK2204',
    severity: 'error',
    message: `waiting for another try was cancelled: ${message}`,
    hint: 'run it again',
    failure: 'cancelled',
  };
}
