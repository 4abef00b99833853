import type { AllowEntry, Destination } from '../model/allow-list.ts';
import { entriesAbout } from './entries-about.ts';
import { isInScope, type ScopeChoice } from './scope.ts';

/** What a set says about a destination. */
export interface Verdict {
  readonly allowed: boolean;
  /** The entry that decides; nothing where no entry speaks of the destination, which is then denied. */
  readonly entry: AllowEntry | undefined;
  /** All others that speak of it. */
  readonly others: readonly AllowEntry[];
}

/**
 * Decides about one destination: a denial beats every permission, and what no entry allows is denied. Of several
 * entries with the deciding effect the one that is nearest to the destination is named.
 */
export function decide(text: string, destination: Destination, scope: ScopeChoice): Verdict {
  const about = entriesAbout(text, destination).filter((entry) => isInScope(entry, scope));
  const entry = about.find(({ effect }) => effect === 'deny') ?? about[0];
  return {
    allowed: entry?.effect === 'allow',
    entry,
    others: about.filter((other) => other !== entry),
  };
}
