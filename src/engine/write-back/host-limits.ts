import type { CommitId, FileChanges, GitObjects } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';

/** What forges recommend at most: entries of one folder, and the size of one object. */
const folderEntriesLimit = 3000;
const recordSizeLimitBytes = 1_000_000;

/**
 * Whether a commit's folders and files stay within what forges recommend: SK2215 for a folder that is too full, SK2216
 * for a file that is too large. Both are warnings, since git itself takes more; only folders on the way to a change are
 * looked at.
 */
export async function checkHostLimits(
  git: GitObjects,
  commit: CommitId,
  changes: FileChanges,
): Promise<readonly Diagnostic[]> {
  const warnings: Diagnostic[] = [];
  const folders = new Set<string>();
  for (const [path, bytes] of changes) {
    if (bytes === null) {
      continue;
    }
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      folders.add(path.slice(0, at));
    }
    if (bytes.length > recordSizeLimitBytes) {
      warnings.push(tooLarge(path, bytes.length));
    }
  }
  for (const folder of folders) {
    const tree = await git.objectAt(commit, folder);
    const rows = tree === undefined ? undefined : await git.readFolder(tree);
    if (rows?.ok && rows.value.length > folderEntriesLimit) {
      warnings.push(tooFull(folder, rows.value.length));
    }
  }
  return warnings;
}

function tooFull(folder: string, entries: number): Diagnostic {
  return {
    code: 'SK2215',
    severity: 'warning',
    message: `${folder} has ${entries} entries, more than the ${folderEntriesLimit} that forges recommend`,
    hint: folder.startsWith('catalog/runs/')
      ? 'reconcile less often: --coalesce takes several commits together'
      : 'let old versions go, or spread images over more repositories',
    place: { file: folder },
  };
}

function tooLarge(path: string, sizeBytes: number): Diagnostic {
  return {
    code: 'SK2216',
    severity: 'warning',
    message: `${path} has ${sizeBytes} bytes, more than the ${recordSizeLimitBytes} that forges recommend for a file`,
    hint: 'reconcile fewer images at a time (--target), or give an image fewer packages',
    place: { file: path },
  };
}
