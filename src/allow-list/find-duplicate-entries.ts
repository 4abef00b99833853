import type { EntriesByValue } from './entries-by-value.ts';
import type { ListedEntry } from './listed-entry.ts';
import { portsText } from './port-set.ts';

/**
 * Entries of a list that repeat an earlier one of it in all that decides about traffic and in status, each with the
 * first of them.
 */
export function findDuplicateEntries(
  byValue: EntriesByValue,
  list: string,
): ReadonlyMap<ListedEntry, ListedEntry> {
  const duplicates = new Map<ListedEntry, ListedEntry>();
  for (const present of byValue.values()) {
    if ('entry' in present) {
      continue;
    }
    const byKey = new Map<string, ListedEntry>();
    for (const listed of present.filter(({ entry }) => entry.list === list)) {
      const key = keyOf(listed);
      const first = byKey.get(key);
      if (first === undefined) {
        byKey.set(key, listed);
      } else {
        duplicates.set(listed, first);
      }
    }
  }
  return duplicates;
}

function keyOf({ entry, status }: ListedEntry): string {
  const { match, protocols, ports, scope } = entry;
  return JSON.stringify([
    status,
    match.kind,
    protocols,
    portsText(ports),
    scope?.runProfiles,
    scope?.pools,
    scope?.samples,
  ]);
}
