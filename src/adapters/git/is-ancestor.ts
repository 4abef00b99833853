import type { CatFile } from './cat-file.ts';
import { parseCommit } from './commit-object.ts';
import type { CommitId } from './git.ts';
import type { GitPlace } from './git-place.ts';
import { isCommitId } from './object-format.ts';

/**
 * The port's `isAncestor`. Commits that are asked about are mostly close to each other, so the way back is first walked
 * by the open `cat-file`; a longer way, and one that leads out of a shallow clone, is left to `git merge-base`.
 */
export async function isAncestor(
  place: GitPlace,
  catFile: CatFile,
  ancestor: CommitId,
  commit: CommitId,
): Promise<boolean> {
  const near = await isNearAncestor(place, catFile, ancestor, commit);
  if (near !== undefined) {
    return near;
  }
  const outcome = await place.run('read', [
    'merge-base',
    '--is-ancestor',
    '--end-of-options',
    ancestor,
    commit,
  ]);
  return outcome.exitCode === 0;
}

/** Further ones cost more to walk than a process does. */
const nearCommits = 32;

/** Nothing where the answer is further away. What leads to a parent of the ancestor cannot lead to the ancestor. */
async function isNearAncestor(
  place: GitPlace,
  catFile: CatFile,
  ancestor: CommitId,
  commit: CommitId,
): Promise<boolean | undefined> {
  const before = await parentsOf(place, catFile, ancestor);
  if (before === undefined) {
    return undefined;
  }
  const seen = new Set<CommitId>([commit]);
  for (const each of seen) {
    if (each === ancestor) {
      return true;
    }
    if (before.includes(each)) {
      continue;
    }
    const parents = seen.size > nearCommits ? undefined : await parentsOf(place, catFile, each);
    if (parents === undefined) {
      return undefined;
    }
    for (const parent of parents) {
      seen.add(parent);
    }
  }
  return false;
}

async function parentsOf(
  place: GitPlace,
  catFile: CatFile,
  id: CommitId,
): Promise<readonly CommitId[] | undefined> {
  const reply = isCommitId(id) ? await catFile.contents(id) : undefined;
  return reply?.status === 'found' && reply.type === 'commit'
    ? parseCommit(id, reply.bytes, place.objectFormat)?.parents
    : undefined;
}
