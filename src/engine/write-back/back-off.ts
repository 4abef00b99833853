/**
 * How long to wait after so many failed attempts: a random time in the upper half of a span that starts at 100 ms and
 * doubles up to 10 s, so from 50 ms on. The random half keeps writers that met once from meeting again.
 */
export function backOffDelayMs(failedAttempts: number, random: number): number {
  const spanMs = Math.min(firstSpanMs * 2 ** (failedAttempts - 1), longestSpanMs);
  return Math.round(spanMs / 2 + (random * spanMs) / 2);
}

const firstSpanMs = 100;
const longestSpanMs = 10_000;
