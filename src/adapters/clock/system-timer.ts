import type { Timer } from './timer.ts';

/** Longer delays would fire at once (setTimeout holds 32 bits); no run lasts that long. */
const longestDelayMs = 2 ** 31 - 1;

/** The host's timer. */
export function createSystemTimer(): Timer {
  return {
    after: (delayMs, call) => {
      const handle = setTimeout(call, Math.min(delayMs, longestDelayMs));
      return { cancel: () => clearTimeout(handle) };
    },
  };
}
