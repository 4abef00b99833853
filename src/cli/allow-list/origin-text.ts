import { printable } from '../render/printable.ts';
import type { EntryOrigin } from './find-origin.ts';

/** Two lines on where an entry comes from: its revision, and the commits with their authors. */
export function originText(origin: EntryOrigin | undefined): string {
  if (origin === undefined) {
    return '';
  }
  const { revision, since, cause, commits } = origin;
  return `  since revision ${revision} of ${since} (${cause})\n${commits
    .map(({ id, author, subject }) => `  ${id.slice(0, 12)} ${printable(author)}: ${printable(subject)}\n`)
    .join('')}`;
}
