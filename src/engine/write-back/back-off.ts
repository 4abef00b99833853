/**
 * How long to wait after so many failed attempts: a random time in the upper half of a span that starts at 100 ms and
 * doubles up to 10 s, so from 50 ms on. The random half keeps writers that met once from meeting again. Where the
 * branch is crowded, the span is half the distance that its writers keep (`spacingMs`), however often the race was lost:
 * who has waited already goes before those who come anew.
 */
export function backOffDelayMs(failedAttempts: number, random: number, spacingMs = 0): number {
  const spanMs =
    spacingMs > 0
      ? Math.max(firstSpanMs, spacingMs / 2)
      : Math.min(firstSpanMs * 2 ** (failedAttempts - 1), longestSpanMs);
  return spacedDelayMs(spanMs, random);
}

/** A random time in the upper half of a span. */
export function spacedDelayMs(spanMs: number, random: number): number {
  return Math.round(spanMs / 2 + (random * spanMs) / 2);
}

const firstSpanMs = 100;
const longestSpanMs = 10_000;
