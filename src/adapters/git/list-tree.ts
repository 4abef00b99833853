import { compareCodePoints } from '../../model/json.ts';
import { type Result, success } from '../../model/result.ts';
import type { CommitId, GitTreeEntry } from './git.ts';
import { firstComplaint, gitFailure } from './git-failure.ts';
import type { GitPlace } from './git-place.ts';
import { missingObject } from './missing-object.ts';
import { asObjectId } from './object-format.ts';

/** Blobs below the paths of a commit, with their sizes, in one `git ls-tree`. No paths: the whole tree. */
export async function listTree(
  place: GitPlace,
  commit: CommitId,
  paths: readonly string[],
): Promise<Result<readonly GitTreeEntry[]>> {
  const outcome = await place.run('read', [
    'ls-tree',
    '-r',
    '-l',
    '-z',
    '--full-tree',
    '--end-of-options',
    commit,
    ...paths,
  ]);
  if (outcome.exitCode !== 0) {
    return /missing|could not (get|read|fetch)|not a tree object|unable to read/i.test(outcome.stderr)
      ? missingObject(/[0-9a-f]{40,64}/.exec(firstComplaint(outcome.stderr))?.[0] ?? commit, place)
      : gitFailure(`listing the files of ${commit}`, outcome);
  }
  return success(parseListing(outcome.stdout));
}

/** `<mode> <type> <id> <size, padded, or ->` TAB `<path>` NUL, as `ls-tree -l -z` prints it. */
function parseListing(listing: Buffer): readonly GitTreeEntry[] {
  const entries: GitTreeEntry[] = [];
  for (const row of listing.toString('utf8').split('\0')) {
    const tab = row.indexOf('\t');
    if (tab === -1) {
      continue;
    }
    const [mode, , id, size] = row.slice(0, tab).split(/ +/);
    if (mode === undefined || id === undefined) {
      throw new TypeError(`git ls-tree printed ${JSON.stringify(row)}`);
    }
    entries.push({ path: row.slice(tab + 1), mode, id: asObjectId(id), sizeBytes: Number(size) || 0 });
  }
  return inCodePointOrder(entries);
}

/** Git sorts by bytes of UTF-8, which is code-point order already but for names that are no UTF-8. */
function inCodePointOrder(entries: GitTreeEntry[]): readonly GitTreeEntry[] {
  for (let index = 1; index < entries.length; index += 1) {
    const before = entries[index - 1];
    const entry = entries[index];
    if (before !== undefined && entry !== undefined && compareCodePoints(before.path, entry.path) > 0) {
      return entries.sort((left, right) => compareCodePoints(left.path, right.path));
    }
  }
  return entries;
}
