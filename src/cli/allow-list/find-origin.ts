import type { GitRepository } from '../../adapters/git/git.ts';
import { entryKey } from '../../allow-list/entry-key.ts';
import { readBrought, readRevision } from '../../engine/catalog/read-allow-list.ts';
import type { AllowEntry } from '../../model/allow-list.ts';
import { type Result, success } from '../../model/result.ts';
import type { OpenedList } from './open-list.ts';
import { type EntryOrigin, originAt } from './revision-commits.ts';

/** Since when one entry says what it says. */
export async function findOrigin(
  git: GitRepository,
  list: OpenedList,
  from: number,
  entry: AllowEntry,
): Promise<Result<EntryOrigin | undefined>> {
  const origins = await findOrigins(git, list, from, [entry]);
  return origins.ok ? success(origins.value.get(entry)) : origins;
}

/** Walks back from a revision, for each entry to the one that added it, or changed it last. */
export async function findOrigins(
  git: GitRepository,
  list: OpenedList,
  from: number,
  entries: readonly AllowEntry[],
): Promise<Result<ReadonlyMap<AllowEntry, EntryOrigin>>> {
  const wanted = new Map(entries.map((entry) => [entryKey(entry), entry]));
  const origins = new Map<AllowEntry, EntryOrigin>();
  for (let number = from; number >= 1 && wanted.size > 0; number--) {
    const read = await readRevision(git, list.commit, list.state.name, number);
    if (!read.ok) {
      return read;
    }
    const { revision } = read.value;
    const left = [...wanted.values()];
    // What no later revision brought came with the first, whose changeset may be as long as the list.
    const brought = number === 1 ? success(left) : await readBrought(list.store, revision, left);
    if (!brought.ok) {
      return brought;
    }
    for (const one of brought.value) {
      const key = entryKey(one);
      const entry = wanted.get(key);
      if (entry !== undefined) {
        wanted.delete(key);
        origins.set(entry, await originAt(git, revision, entry, 'brought'));
      }
    }
  }
  return success(origins);
}
