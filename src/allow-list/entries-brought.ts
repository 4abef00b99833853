import { Buffer } from 'node:buffer';
import type { AllowEntry } from '../model/allow-list.ts';
import { hasShape } from '../model/shape.ts';
import { entryOfRecord, entryRecordShape } from './entry-record.ts';

/**
 * The entries that a long changeset adds, or leads to, with the effect and match of one that is looked for: found in the
 * bytes of its canonical text without reading the rest of it. Quotes inside texts are escaped there, so nothing but the
 * fields themselves is found.
 */
export function entriesBrought(
  changeset: Uint8Array,
  { effect, match }: Pick<AllowEntry, 'effect' | 'match'>,
): readonly AllowEntry[] {
  const bytes = Buffer.from(changeset.buffer, changeset.byteOffset, changeset.byteLength);
  const start = Buffer.from(`{"${effect}":"${match.kind} ${match.value}"`);
  const found: AllowEntry[] = [];
  for (let at = bytes.indexOf(start); at !== -1; at = bytes.indexOf(start, at + 1)) {
    const record: unknown = isBrought(bytes, at)
      ? JSON.parse(bytes.toString('utf8', at, endOfObject(bytes, at)))
      : undefined;
    if (hasShape(entryRecordShape, record)) {
      found.push(entryOfRecord(record));
    }
  }
  return found;
}

/** In canonical form the fields follow each other by name: added, changed (each with after and before), removed. */
function isBrought(bytes: Buffer, at: number): boolean {
  return (
    bytes.lastIndexOf('"after":', at) === at - '"after":'.length ||
    (bytes.lastIndexOf('],"changed":[', at) === -1 && bytes.lastIndexOf('],"removed":[', at) === -1)
  );
}

const [quote, backslash, open, close] = [0x22, 0x5c, 0x7b, 0x7d];

/** Where the object that starts there ends. */
function endOfObject(bytes: Buffer, start: number): number {
  let depth = 0;
  let isInText = false;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (isInText) {
      at += byte === backslash ? 1 : 0;
      isInText = byte !== quote;
    } else if (byte === quote) {
      isInText = true;
    } else if (byte === open) {
      depth++;
    } else if (byte === close && --depth === 0) {
      return at + 1;
    }
  }
  return bytes.length;
}
