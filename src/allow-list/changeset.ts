import type { AllowEntry, AllowListChangeset } from '../model/allow-list.ts';
import { entryOfLine, keyOfLine, lineOfEntry, linesOf, textOfLines } from './effective-set.ts';
import { isAlwaysDenied } from './is-always-denied.ts';

/** What leads from one set to another, both in their text; sorted by key, those that are always denied last. */
export function changesetOf(before: string, after: string): AllowListChangeset {
  const added: AllowEntry[] = [];
  const removed: AllowEntry[] = [];
  const changed: { readonly before: AllowEntry; readonly after: AllowEntry }[] = [];
  let [old, now] = [0, 0];
  while (old < before.length || now < after.length) {
    const same = equalLines(before, old, after, now);
    old += same;
    now += same;
    const oldLine = lineAt(before, old);
    const nowLine = lineAt(after, now);
    const order = orderOf(oldLine, nowLine);
    if (oldLine !== undefined && order <= 0) {
      old += oldLine.length + 1;
    }
    if (nowLine !== undefined && order >= 0) {
      now += nowLine.length + 1;
    }
    if (oldLine !== undefined && nowLine !== undefined && order === 0) {
      changed.push({ before: entryOfLine(oldLine), after: entryOfLine(nowLine) });
    } else if (oldLine !== undefined && order < 0) {
      removed.push(entryOfLine(oldLine));
    } else if (nowLine !== undefined) {
      added.push(entryOfLine(nowLine));
    }
  }
  return { added: ownFirst(added), removed: ownFirst(removed), changed };
}

const blockLength = 4096;

/** Length of the whole lines that follow in both texts, compared in blocks: most of a long list stays as it is. */
function equalLines(left: string, leftStart: number, right: string, rightStart: number): number {
  const most = Math.min(left.length - leftStart, right.length - rightStart);
  let equal = 0;
  while (
    equal < most &&
    left.slice(leftStart + equal, leftStart + equal + blockLength) ===
      right.slice(rightStart + equal, rightStart + equal + blockLength)
  ) {
    equal += blockLength;
  }
  equal = Math.min(equal, most);
  while (equal < most && left.charCodeAt(leftStart + equal) === right.charCodeAt(rightStart + equal)) {
    equal += 1;
  }
  return equal === 0 ? 0 : Math.max(left.lastIndexOf('\n', leftStart + equal - 1) + 1 - leftStart, 0);
}

/** The line that starts here; nothing at the end of the text. */
function lineAt(text: string, start: number): string | undefined {
  return start < text.length ? text.slice(start, text.indexOf('\n', start)) : undefined;
}

/** By their keys; what is not there stands behind everything. */
function orderOf(left: string | undefined, right: string | undefined): number {
  if (left === undefined || right === undefined) {
    return left === right ? 0 : left === undefined ? 1 : -1;
  }
  const [leftKey, rightKey] = [keyOfLine(left), keyOfLine(right)];
  return leftKey === rightKey ? 0 : leftKey < rightKey ? -1 : 1;
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
