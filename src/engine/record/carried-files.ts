import type { CommitId, FileChanges, GitObjects } from '../../adapters/git/git.ts';
import { type Result, success } from '../../model/result.ts';
import { differences } from '../catalog/catalog-diff.ts';
import { catalogFileLimitBytes } from '../catalog/catalog-digest.ts';
import { catalogFolder, headPath } from '../catalog/paths.ts';

/** The files of an open proposal that its base does not have, but for the head, which is made anew. */
export async function carriedFiles(
  git: GitObjects,
  base: CommitId,
  proposal: CommitId,
): Promise<Result<FileChanges>> {
  const [before, after] = await Promise.all([
    git.objectAt(base, catalogFolder),
    git.objectAt(proposal, catalogFolder),
  ]);
  const changed = await differences(git, before, after, catalogFolder);
  if (!changed.ok) {
    return changed;
  }
  const files = new Map<string, Uint8Array | null>();
  for (const { path, after: row } of changed.value) {
    if (path === headPath) {
      continue;
    }
    const bytes = row === undefined ? success(null) : await git.readBlob(row.id, catalogFileLimitBytes);
    if (!bytes.ok) {
      return bytes;
    }
    files.set(path, bytes.value);
  }
  return success(files);
}
