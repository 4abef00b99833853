import type { Stopwatch } from './stopwatch.ts';

/** The host's own steady clock. */
export function createSystemStopwatch(): Stopwatch {
  return { readMs: () => performance.now() };
}
