import type { GitWorktree } from '../../adapters/git/git.ts';
import type { Result } from '../../model/result.ts';
import { catalogFolder } from '../catalog/paths.ts';
import type { SourceTree } from './source-tree.ts';
import { sourceTreeOf } from './source-tree-of.ts';

/** The desired state's files as they lie in the work tree, with edits and new files that git does not ignore. */
export async function readWorktreeSource(git: GitWorktree): Promise<Result<SourceTree>> {
  const listed = await git.listWorktree(catalogFolder);
  if (!listed.ok) {
    return listed;
  }
  return sourceTreeOf({
    commit: null,
    files: listed.value,
    read: (file, limitBytes) => git.readWorktreeFile(file.path, limitBytes),
  });
}
