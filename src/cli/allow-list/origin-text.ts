import { printable } from '../render/printable.ts';
import type { EntryOrigin } from './revision-commits.ts';

/** Lines on where an entry comes from, or what took it away: the revision, and the commits with their authors. */
export function originText(origin: EntryOrigin | undefined, since: 'since' | 'until' = 'since'): string {
  if (origin === undefined) {
    return '';
  }
  const { revision, since: at, cause, commits } = origin;
  return `  ${since} revision ${revision} of ${at} (${cause})\n${commits
    .map(({ id, author, subject }) => `  ${id.slice(0, 12)} ${printable(author)}: ${printable(subject)}\n`)
    .join('')}`;
}
