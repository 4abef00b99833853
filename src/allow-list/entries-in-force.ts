import type { AllowEntry } from '../model/allow-list.ts';

/** The entries that have not expired at a moment (ISO 8601 UTC); one that expires at that very second has. */
export function entriesInForce(entries: readonly AllowEntry[], now: string): readonly AllowEntry[] {
  const second = secondOf(now);
  return entries.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > second);
}

/** Entries expire at whole seconds, so the fraction of a moment never matters, and texts of one form compare as times. */
export function secondOf(moment: string): string {
  return `${moment.slice(0, 19)}Z`;
}
