import type { Clock } from './clock.ts';

/** The host's own time of day. */
export function createSystemClock(): Clock {
  return { now: () => new Date() };
}
