import type { CommitId, GitRepository } from '../../adapters/git/git.ts';
import { entryKey } from '../../allow-list/entry-key.ts';
import { readBrought, readRevision } from '../../engine/catalog/read-allow-list.ts';
import type { AllowEntry } from '../../model/allow-list.ts';
import type { AllowListRevision } from '../../model/allow-list-record.ts';
import { type Result, success } from '../../model/result.ts';
import type { OpenedList } from './open-list.ts';

/** Since when an entry says what it says, and who wanted it. */
export interface EntryOrigin {
  readonly revision: number;
  readonly since: string;
  readonly cause: AllowListRevision['cause']['type'];
  /** Commits that caused the revision; where there are several, those that touched what the entry names come first. */
  readonly commits: readonly OriginCommit[];
}

export interface OriginCommit {
  readonly id: string;
  /** As the commit itself says it. */
  readonly author: string;
  readonly at: string;
  readonly subject: string;
}

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
        origins.set(entry, {
          revision: number,
          since: revision.createdAt,
          cause: revision.cause.type,
          commits: await commitsOf(git, revision, entry),
        });
      }
    }
  }
  return success(origins);
}

/** Of many commits the ones that wrote the entry's value into a file, else all of them. */
async function commitsOf(
  git: GitRepository,
  { cause, inputs }: AllowListRevision,
  { match }: AllowEntry,
): Promise<readonly OriginCommit[]> {
  const ids = cause.commits.slice(-commitsLooked);
  const commits: OriginCommit[] = [];
  const named: OriginCommit[] = [];
  for (const id of ids) {
    const commit = await git.readCommit(id as CommitId);
    if (!commit.ok) {
      continue;
    }
    const { author, committedAt, message, parents } = commit.value;
    const told = {
      id,
      author,
      at: new Date(committedAt * 1000).toISOString(),
      subject: message.split('\n')[0] ?? '',
    };
    commits.push(told);
    if (ids.length > 1 && (await writes(git, id as CommitId, parents[0], match.value, inputs))) {
      named.push(told);
    }
  }
  return named.length > 0 ? named : commits;
}

const commitsLooked = 100;
const fileLimitBytes = 64 * 1024 * 1024;

/** Whether a commit's spec and entry files hold a text more often than those of its parent. */
async function writes(
  git: GitRepository,
  commit: CommitId,
  parent: CommitId | undefined,
  text: string,
  inputs: AllowListRevision['inputs'],
): Promise<boolean> {
  const rows = await git.listTree(commit, ['specs/allow-lists', ...Object.keys(inputs?.files ?? {})]);
  for (const { path, id } of rows.ok ? rows.value : []) {
    const before = parent === undefined ? undefined : await git.objectAt(parent, path);
    if (before === id) {
      continue;
    }
    const [now, then] = [
      await occurrences(git, id, text),
      before === undefined ? 0 : await occurrences(git, before, text),
    ];
    if (now > then) {
      return true;
    }
  }
  return false;
}

async function occurrences(
  git: GitRepository,
  blob: Parameters<GitRepository['readBlob']>[0],
  text: string,
): Promise<number> {
  const bytes = await git.readBlob(blob, fileLimitBytes);
  return bytes.ok ? Buffer.from(bytes.value).toString('utf8').toLowerCase().split(text).length - 1 : 0;
}
