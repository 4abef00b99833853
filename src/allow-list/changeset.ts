import type { AllowEntry, AllowListChangeset } from '../model/allow-list.ts';
import { entryOfLine, keyOfLine, lineOfEntry, linesOf, textOfLines } from './effective-set.ts';
import { isAlwaysDenied } from './is-always-denied.ts';

/** What leads from one set to another, both in their text; sorted by key, those that are always denied last. */
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
  return { added: ownFirst(added), removed: ownFirst(removed), changed };
}

function ownFirst(entries: readonly AllowEntry[]): readonly AllowEntry[] {
  const [own, always] = [entries.filter((entry) => !isAlwaysDenied(entry)), entries.filter(isAlwaysDenied)];
  return [...own, ...always];
}

/**
 * The set that a changeset makes of another; nothing where it does not fit: it removes or changes what is not there as
 * it says, or adds what is there already.
 */
export function applyChangeset(before: string, changeset: AllowListChangeset): string | undefined {
  const replay = replayFrom(before);
  return replay.apply(changeset) ? replay.text() : undefined;
}

/** A set to which one changeset after the other is applied. */
export interface Replay {
  /** False, and nothing to rely on afterwards, where the changeset does not fit. */
  apply(changeset: AllowListChangeset): boolean;
  text(): string;
}

export function replayFrom(text: string): Replay {
  const lines = new Map(linesOf(text).map((line) => [keyOfLine(line), line]));
  return { apply, text: () => textOfLines(lines.values()) };

  function apply({ added, removed, changed }: AllowListChangeset): boolean {
    const gone = [...removed, ...changed.map(({ before }) => before)].map(lineOfEntry);
    const come = [...added, ...changed.map(({ after }) => after)].map(lineOfEntry);
    for (const line of gone) {
      if (lines.get(keyOfLine(line)) !== line) {
        return false;
      }
      lines.delete(keyOfLine(line));
    }
    for (const line of come) {
      if (lines.has(keyOfLine(line))) {
        return false;
      }
      lines.set(keyOfLine(line), line);
    }
    return true;
  }
}

export function isEmptyChangeset({ added, removed, changed }: AllowListChangeset): boolean {
  return added.length === 0 && removed.length === 0 && changed.length === 0;
}
