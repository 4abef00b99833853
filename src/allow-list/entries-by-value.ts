import type { ListedEntry } from './listed-entry.ts';

/** Entries by the value of their match; most values have one entry, which then stands there without a list. */
export type EntriesByValue = ReadonlyMap<string, EntriesOfValue>;

type EntriesOfValue = ListedEntry | readonly [ListedEntry, ...ListedEntry[]];

export function entriesByValue(...parts: readonly (readonly ListedEntry[])[]): EntriesByValue {
  const byValue = new Map<string, ListedEntry | [ListedEntry, ...ListedEntry[]]>();
  for (const part of parts) {
    for (const listed of part) {
      const { value } = listed.entry.match;
      const present = byValue.get(value);
      if (present === undefined) {
        byValue.set(value, listed);
      } else if (Array.isArray(present)) {
        present.push(listed);
      } else {
        byValue.set(value, [present, listed]);
      }
    }
  }
  return byValue;
}

/** The entries of one value as a list. */
export function asList(present: EntriesOfValue): readonly ListedEntry[] {
  return 'entry' in present ? [present] : present;
}

/** The first entry of a value: what all of them share can be read from it. */
export function oneOf(present: EntriesOfValue): ListedEntry {
  return 'entry' in present ? present : present[0];
}
