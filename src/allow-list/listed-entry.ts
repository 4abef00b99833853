import type { AllowEntry } from '../model/allow-list.ts';
import type { Place } from '../model/diagnostic.ts';
import type { EntryStatus } from './normalise-entry.ts';

/** An entry with where it was written. */
export interface ListedEntry {
  readonly entry: AllowEntry;
  readonly status: EntryStatus;
  readonly origin: EntryOrigin;
  /** Which one of its origin: the index in `spec.entries`, or the number of the line. */
  readonly index: number;
}

/** A document or a file that holds entries. Places are looked for when somebody asks. */
export interface EntryOrigin {
  placeOf(index: number, pointer: string, part?: 'key'): Place;
}
