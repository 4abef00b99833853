import type { CommitId, GitObjects } from '../../adapters/git/git.ts';
import { type Result, success } from '../../model/result.ts';
import { catalogFolder } from '../catalog/paths.ts';
import type { SourceTree } from './source-tree.ts';
import { sourceTreeOf } from './source-tree-of.ts';

/**
 * The desired state's files at a commit: one listing of everything but the catalog, which may hold many times as many
 * files; contents when they are asked for.
 */
export async function readSource(
  git: Pick<GitObjects, 'readCommit' | 'readFolder' | 'listTree' | 'readBlob'>,
  commit: CommitId,
): Promise<Result<SourceTree>> {
  const read = await git.readCommit(commit);
  const rows = read.ok ? await git.readFolder(read.value.tree) : read;
  if (!rows.ok) {
    return rows;
  }
  const names = rows.value.map((row) => row.name).filter((name) => name !== catalogFolder);
  const listed = names.length === 0 ? success([]) : await git.listTree(commit, names);
  if (!listed.ok) {
    return listed;
  }
  const ids = new Map(listed.value.map((entry) => [entry.path, entry.id]));
  return sourceTreeOf({
    commit,
    files: listed.value,
    read(file, limitBytes) {
      const id = ids.get(file.path);
      if (id === undefined) {
        throw new TypeError(`${file.path} is not of this listing`);
      }
      return git.readBlob(id, limitBytes);
    },
  });
}
