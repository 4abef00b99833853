import { type Result, success } from '../../model/result.ts';
import type { CommitId } from './git.ts';
import { gitFailure } from './git-failure.ts';
import type { GitPlace } from './git-place.ts';
import { asCommitId } from './object-format.ts';

/** Most commits that are told; the newest of them. */
const limit = 10_000;

/**
 * Commits that changed one of the paths, oldest first: those that `to` has and `from` does not. Paths are taken
 * literally. A history that is cut off, as in a shallow clone, gives what is there of it.
 */
export async function commitsTouching(
  place: GitPlace,
  range: { readonly from: CommitId | undefined; readonly to: CommitId },
  paths: readonly string[],
): Promise<Result<readonly CommitId[]>> {
  if (paths.length === 0) {
    return success([]);
  }
  const outcome = await place.run('read', [
    '--literal-pathspecs',
    'rev-list',
    '--topo-order',
    `--max-count=${limit}`,
    '--end-of-options',
    range.to,
    ...(range.from === undefined ? [] : [`^${range.from}`]),
    '--',
    ...paths,
  ]);
  return outcome.exitCode === 0
    ? success(outcome.stdout.toString('latin1').split('\n').slice(0, -1).reverse().map(asCommitId))
    : gitFailure(`reading the history of ${range.to}`, outcome);
}
