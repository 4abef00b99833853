import { type Result, success } from '../../model/result.ts';
import type { CatFile } from './cat-file.ts';
import { addSignature, formatCommit } from './commit-object.ts';
import type { CommitId, NewCommit } from './git.ts';
import type { GitPlace } from './git-place.ts';
import { asCommitId, newObject } from './object-format.ts';
import { readCommit, readTree } from './read-objects.ts';
import { rewriteTree } from './rewrite-tree.ts';
import { storeObjects } from './store-objects.ts';

/**
 * Writes a commit without index, work tree or hooks: the changed folders are read with `cat-file`, and everything new is
 * put together here. Gives nothing where the tree stays as it is.
 */
export async function writeCommit(
  place: GitPlace,
  catFile: CatFile,
  commit: NewCommit,
): Promise<Result<CommitId | undefined>> {
  const parent = commit.parent === undefined ? undefined : await readCommit(place, catFile, commit.parent);
  if (parent?.ok === false) {
    return parent;
  }
  const oldTree = parent?.value.tree;
  const tree = await rewriteTree(oldTree, commit.changes, place.objectFormat, (id) =>
    readTree(place, catFile, id),
  );
  if (!tree.ok) {
    return tree;
  }
  if (tree.value.id === oldTree || (oldTree === undefined && commit.changes.size === 0)) {
    return success(undefined);
  }
  const unsigned = formatCommit(commit, tree.value.id);
  const bytes =
    commit.sign === undefined
      ? unsigned
      : addSignature(unsigned, await commit.sign(unsigned), place.objectFormat);
  const object = newObject('commit', bytes, place.objectFormat);
  const objects = new Map([...tree.value.objects, object].map((each) => [each.id, each]));
  const stored = await storeObjects(place, [...objects.values()]);
  return stored.ok ? success(asCommitId(object.id)) : stored;
}
