import { asList, type EntriesByValue, oneOf } from './entries-by-value.ts';
import type { ListedEntry } from './listed-entry.ts';
import { coversNames, isNameMatch } from './names.ts';

/** Entries that one is compared with, at its own value and above it: what is beyond costs a warning and nothing else. */
export const coverersLimit = 64;

/** Each entry of names with those that mean all its names, itself among them; entries that nobody else is near are left out. */
export function* nameCoverers(
  byValue: EntriesByValue,
): Iterable<readonly [ListedEntry, readonly ListedEntry[]]> {
  const wide = reachingBelow(byValue);
  for (const [value, present] of byValue) {
    if (!isNameMatch(oneOf(present).entry.match)) {
      continue;
    }
    const same = asList(present);
    const above = wide.size === 0 ? [] : entriesAbove(wide, value);
    if (same.length === 1 && above.length === 0) {
      continue;
    }
    const near = [...same.slice(0, coverersLimit), ...above];
    for (const listed of same) {
      yield [listed, near.filter((other) => coversNames(other.entry.match, listed.entry.match))];
    }
  }
}

/** By value, the entries whose names go on below it. */
function reachingBelow(byValue: EntriesByValue): ReadonlyMap<string, readonly ListedEntry[]> {
  const wide = new Map<string, readonly ListedEntry[]>();
  for (const [value, present] of byValue) {
    if (!isNameMatch(oneOf(present).entry.match)) {
      continue;
    }
    const reaching = asList(present).filter(({ entry: { match } }) => match.kind !== 'host');
    if (reaching.length > 0) {
      wide.set(value, reaching.slice(0, coverersLimit));
    }
  }
  return wide;
}

function entriesAbove(
  wide: ReadonlyMap<string, readonly ListedEntry[]>,
  name: string,
): readonly ListedEntry[] {
  const above: ListedEntry[] = [];
  for (
    let dot = name.indexOf('.');
    dot !== -1 && above.length < coverersLimit;
    dot = name.indexOf('.', dot + 1)
  ) {
    above.push(...(wide.get(name.slice(dot + 1)) ?? []));
  }
  return above;
}
