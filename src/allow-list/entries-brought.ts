import type { AllowEntry } from '../model/allow-list.ts';
import { hasShape } from '../model/shape.ts';
import { entryOfRecord, entryRecordShape } from './entry-record.ts';

/**
 * The entries that a long changeset adds, or leads to, with the effect and match of one that is looked for: found in its
 * canonical text without parsing the rest of it. Quotes inside texts are escaped there, so nothing but the fields
 * themselves is found.
 */
export function entriesBrought(
  text: string,
  { effect, match }: Pick<AllowEntry, 'effect' | 'match'>,
): readonly AllowEntry[] {
  const start = `{"${effect}":"${match.kind} ${match.value}"`;
  // In canonical form the fields follow each other by name: added, changed, removed.
  const changed = text.indexOf('],"changed":[');
  const removed = text.indexOf('],"removed":[');
  const found: AllowEntry[] = [];
  for (let at = text.indexOf(start); at !== -1 && at < removed; at = text.indexOf(start, at + 1)) {
    const isBrought = at < changed || text.startsWith('"after":', at - '"after":'.length);
    const record: unknown = isBrought ? JSON.parse(text.slice(at, endOfObject(text, at))) : undefined;
    if (hasShape(entryRecordShape, record)) {
      found.push(entryOfRecord(record));
    }
  }
  return found;
}

/** Where the object that starts there ends. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  let isInText = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (isInText) {
      at += character === '\\' ? 1 : 0;
      isInText = character !== '"';
    } else if (character === '"') {
      isInText = true;
    } else if (character === '{') {
      depth++;
    } else if (character === '}' && --depth === 0) {
      return at + 1;
    }
  }
  return text.length;
}
