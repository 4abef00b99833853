import type { CommitId, GitObjects, ObjectId } from '../../adapters/git/git.ts';
import { parseDocument } from '../../engine/desired/parse-document.ts';
import { documentLimitBytes } from '../../engine/source/source-tree.ts';
import { isJsonObject } from '../../model/json.ts';
import { allowListFolder } from './kind-name.ts';

/** Reads which list a file describes; the same file of many commits is read once. */
type NameOf = (blob: ObjectId) => Promise<string | undefined>;

/**
 * Of commits that touched files of lists, those that took a list away: a file described it before, and none after. A
 * list that moved to another file was not taken away. Looks at the newest hundred.
 */
export async function removalCommits(
  name: string,
  commits: readonly CommitId[],
  git: GitObjects,
): Promise<readonly CommitId[]> {
  const nameOf = nameReader(git);
  const found: CommitId[] = [];
  for (const id of commits.slice(-commitsLookedAt)) {
    const commit = await git.readCommit(id);
    const [parent] = commit.ok ? commit.value.parents : [];
    if (parent !== undefined && (await takesAway(name, parent, id, git, nameOf))) {
      found.push(id);
    }
  }
  return found;
}

const commitsLookedAt = 100;

async function takesAway(
  name: string,
  parent: CommitId,
  commit: CommitId,
  git: GitObjects,
  nameOf: NameOf,
): Promise<boolean> {
  const [before, after] = [await filesAt(parent, git), await filesAt(commit, git)];
  return (
    (await describes(name, new Set([...before].filter((blob) => !after.has(blob))), nameOf)) &&
    !(await describes(name, after, nameOf))
  );
}

async function filesAt(commit: CommitId, git: GitObjects): Promise<ReadonlySet<ObjectId>> {
  const rows = await git.listTree(commit, [allowListFolder]);
  return new Set(rows.ok ? rows.value.map(({ id }) => id) : []);
}

async function describes(name: string, blobs: ReadonlySet<ObjectId>, nameOf: NameOf): Promise<boolean> {
  for (const blob of blobs) {
    if ((await nameOf(blob)) === name) {
      return true;
    }
  }
  return false;
}

function nameReader(git: GitObjects): NameOf {
  const known = new Map<ObjectId, string | undefined>();
  return async (blob) => {
    if (!known.has(blob)) {
      known.set(blob, await readName(blob, git));
    }
    return known.get(blob);
  };
}

async function readName(blob: ObjectId, git: GitObjects): Promise<string | undefined> {
  const bytes = await git.readBlob(blob, documentLimitBytes);
  const document = bytes.ok ? parseDocument({ path: blob, bytes: bytes.value }) : bytes;
  const metadata = document.ok ? document.value.value['metadata'] : undefined;
  const name = isJsonObject(metadata) ? metadata['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}
