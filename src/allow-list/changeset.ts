import type { AllowEntry, AllowListChangeset } from '../model/allow-list.ts';
import { effectiveSet, entriesOf, entryKey, entryOfLine, keyOfLine, linesOf } from './effective-set.ts';

/** What leads from one set to another, both in their text; sorted by key. */
export function changesetOf(before: string, after: string): AllowListChangeset {
  const added: AllowEntry[] = [];
  const removed: AllowEntry[] = [];
  const changed: { readonly before: AllowEntry; readonly after: AllowEntry }[] = [];
  const [olds, news] = [linesOf(before), linesOf(after)];
  let next = 0;
  for (const line of news) {
    const key = keyOfLine(line);
    let old = olds[next];
    while (old !== undefined && keyOfLine(old) < key) {
      removed.push(entryOfLine(old));
      old = olds[++next];
    }
    if (old === undefined || keyOfLine(old) !== key) {
      added.push(entryOfLine(line));
      continue;
    }
    next++;
    if (old !== line) {
      changed.push({ before: entryOfLine(old), after: entryOfLine(line) });
    }
  }
  removed.push(...olds.slice(next).map(entryOfLine));
  return { added, removed, changed };
}

/**
 * The set that a changeset makes of another; nothing where it does not fit: it removes or changes what is not there as
 * it says, or adds what is there already.
 */
export function applyChangeset(before: string, changeset: AllowListChangeset): string | undefined {
  const entries = new Map(entriesOf(before).map((entry) => [entryKey(entry), entry]));
  for (const entry of [...changeset.removed, ...changeset.changed.map((change) => change.before)]) {
    const present = entries.get(entryKey(entry));
    if (present === undefined || effectiveSet([present]).text !== effectiveSet([entry]).text) {
      return undefined;
    }
    entries.delete(entryKey(entry));
  }
  for (const entry of [...changeset.added, ...changeset.changed.map((change) => change.after)]) {
    if (entries.has(entryKey(entry))) {
      return undefined;
    }
    entries.set(entryKey(entry), entry);
  }
  return effectiveSet([...entries.values()]).text;
}

export function isEmptyChangeset({ added, removed, changed }: AllowListChangeset): boolean {
  return added.length === 0 && removed.length === 0 && changed.length === 0;
}
