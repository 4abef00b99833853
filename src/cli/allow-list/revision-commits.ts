import type { CommitId, GitRepository, ObjectId } from '../../adapters/git/git.ts';
import { allowListFolder } from '../../kinds/allow-list/kind-name.ts';
import type { AllowEntry } from '../../model/allow-list.ts';
import type { AllowListRevision } from '../../model/allow-list-record.ts';

/** Since when an entry says what it says, or says it no more, and who wanted it. */
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

/** What a revision says of its part in an entry: that it brought it, or took it away. */
export async function originAt(
  git: GitRepository,
  revision: AllowListRevision,
  entry: AllowEntry,
  part: 'brought' | 'took-away',
): Promise<EntryOrigin> {
  return {
    revision: revision.revision,
    since: revision.createdAt,
    cause: revision.cause.type,
    commits: await commitsOf(git, revision, entry, part),
  };
}

/** Of many commits the ones that wrote the entry's value into a file, or out of one, else all of them. */
async function commitsOf(
  git: GitRepository,
  { cause, inputs }: AllowListRevision,
  { match }: AllowEntry,
  part: 'brought' | 'took-away',
): Promise<readonly OriginCommit[]> {
  const ids = cause.commits.slice(-commitsLooked).map((id) => id as CommitId);
  const paths = [allowListFolder, ...Object.keys(inputs?.files ?? {})];
  const commits: OriginCommit[] = [];
  const named: OriginCommit[] = [];
  for (const id of ids) {
    const commit = await git.readCommit(id);
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
    if (ids.length > 1) {
      const [from, to] = part === 'brought' ? [parents[0], id] : [id, parents[0]];
      if (await hasMore(git, { from, to }, paths, match.value)) {
        named.push(told);
      }
    }
  }
  return named.length > 0 ? named : commits;
}

const commitsLooked = 100;
const fileLimitBytes = 64 * 1024 * 1024;

/** Whether some file holds a text more often at one commit than at another. */
async function hasMore(
  git: GitRepository,
  { from, to }: { readonly from: CommitId | undefined; readonly to: CommitId | undefined },
  paths: readonly string[],
  text: string,
): Promise<boolean> {
  const before = await filesAt(git, from, paths);
  for (const [path, blob] of await filesAt(git, to, paths)) {
    const known = before.get(path);
    if (known !== blob && (await occurrences(git, blob, text)) > (await occurrences(git, known, text))) {
      return true;
    }
  }
  return false;
}

async function filesAt(
  git: GitRepository,
  commit: CommitId | undefined,
  paths: readonly string[],
): Promise<ReadonlyMap<string, ObjectId>> {
  const rows = commit === undefined ? undefined : await git.listTree(commit, paths);
  return new Map((rows?.ok === true ? rows.value : []).map(({ path, id }) => [path, id]));
}

async function occurrences(git: GitRepository, blob: ObjectId | undefined, text: string): Promise<number> {
  const bytes = blob === undefined ? undefined : await git.readBlob(blob, fileLimitBytes);
  return bytes?.ok === true
    ? Buffer.from(bytes.value).toString('utf8').toLowerCase().split(text).length - 1
    : 0;
}
