import { stripVTControlCharacters } from 'node:util';
import { printable } from './printable.ts';

const shownCharacters = 400;

/** A line that a tool wrote, as it may be shown: without escape sequences, and cut where it is long. */
export function logLine(line: string): string {
  const text = printable(stripVTControlCharacters(line.slice(0, 10 * shownCharacters))).trimEnd();
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)} (cut)` : text;
}
