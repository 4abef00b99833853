import type { CommitId, GitObjects } from '../../adapters/git/git.ts';
import { type Result, success } from '../../model/result.ts';

const trustFileLimitBytes = 256 * 1024;
const trustFile = /^trust\/([1-9][0-9]{0,5})\.json$/;

/** The trust files of a commit by version, for `verifyTrustChain`. Other files below `trust/` are left alone. */
export async function readTrustFiles(
  git: GitObjects,
  commit: CommitId,
): Promise<Result<ReadonlyMap<number, Uint8Array>>> {
  const rows = await git.listTree(commit, ['trust']);
  if (!rows.ok) {
    return rows;
  }
  const files = new Map<number, Uint8Array>();
  for (const row of rows.value) {
    const version = trustFile.exec(row.path)?.[1];
    if (version === undefined || (row.mode !== '100644' && row.mode !== '100755')) {
      continue;
    }
    const bytes = await git.readBlob(row.id, trustFileLimitBytes);
    if (!bytes.ok) {
      return bytes;
    }
    files.set(Number(version), bytes.value);
  }
  return success(files);
}
