import type { GitRepository } from '../../adapters/git/git.ts';
import { decide } from '../../allow-list/decide.ts';
import { effectiveSet } from '../../allow-list/effective-set.ts';
import type { ScopeChoice } from '../../allow-list/scope.ts';
import { readRemoved, readRevision } from '../../engine/catalog/read-allow-list.ts';
import type { AllowEntry, Destination } from '../../model/allow-list.ts';
import type { OpenedList } from './open-list.ts';
import { type EntryOrigin, originAt } from './revision-commits.ts';

/** An entry that allowed something once, and the revision that took it away. */
export interface FormerEntry {
  readonly entry: AllowEntry;
  readonly removed: EntryOrigin;
}

/**
 * The last entry that allowed a destination of which no entry speaks at a revision; nothing where none did in the
 * thousand revisions before. Nothing either where the history cannot be read that far: what a list says now does not
 * depend on it.
 */
export async function findFormerEntry(
  git: GitRepository,
  list: OpenedList,
  from: number,
  destination: Destination,
  scope: ScopeChoice,
): Promise<FormerEntry | undefined> {
  for (let number = from; number > Math.max(from - revisionsLookedAt, 1); number--) {
    const read = await readRevision(git, list.commit, list.state.name, number);
    const removed = read.ok ? await readRemoved(list.store, read.value.revision) : read;
    if (!read.ok || !removed.ok) {
      return undefined;
    }
    const { allowed, entry } = decide(effectiveSet(removed.value).text, destination, scope);
    if (allowed && entry !== undefined) {
      return { entry, removed: await originAt(git, read.value.revision, entry, 'took-away') };
    }
  }
  return undefined;
}

const revisionsLookedAt = 1000;
