import type { Diagnostic } from '../../model/diagnostic.ts';

/** A wait in the middle of a run that is longer than this is left to the next run. */
const longestWaitMs = 5 * 60_000;

/** What decides whether a failed action is tried again in the same run. */
export interface RetryPolicy {
  /** Tries of one action altogether. */
  readonly tries: number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/**
 * How long to wait before a failed action is tried again; nothing where the run does not try again. All of its errors
 * must be `transient`, which waits longer each time, or `waiting`, which waits until the time that they name.
 */
export function retryAfterMs(
  diagnostics: readonly Diagnostic[],
  failedTries: number,
  nowMs: number,
  { tries, random }: RetryPolicy,
): number | undefined {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  if (failedTries >= tries || errors.length === 0) {
    return undefined;
  }
  let delayMs = 0;
  for (const { failure, until } of errors) {
    if (failure === 'transient') {
      delayMs = Math.max(delayMs, backOffMs(failedTries, random()));
    } else if (failure === 'waiting' && until !== undefined) {
      delayMs = Math.max(delayMs, Date.parse(until) - nowMs);
    } else {
      return undefined;
    }
  }
  return delayMs <= longestWaitMs ? delayMs : undefined;
}

/**
 * A random time in the upper half of a span that starts at one second and doubles up to a minute. The random half
 * keeps actions that failed together from trying again together.
 */
export function backOffMs(failedTries: number, random: number): number {
  const spanMs = Math.min(1000 * 2 ** (failedTries - 1), 60_000);
  return Math.round(spanMs / 2 + (random * spanMs) / 2);
}
