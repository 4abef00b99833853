import type { Clock } from '../../adapters/clock/clock.ts';

/** Gives the time as ISO 8601 UTC; the text is made once a millisecond. */
export function createTimestamps(clock: Clock): () => string {
  let lastMs = Number.NaN;
  let text = '';
  return () => {
    const now = clock.now();
    if (now.getTime() !== lastMs) {
      lastMs = now.getTime();
      text = now.toISOString();
    }
    return text;
  };
}
