import { type Result, success } from '../../model/result.ts';
import type { ProcessRunner } from '../process/process.ts';
import type { CatFile } from './cat-file.ts';
import { fetchFailure } from './fetch-failure.ts';
import type { CommitId, RemoteOptions } from './git.ts';
import { gitFailure } from './git-failure.ts';
import type { GitPlace } from './git-place.ts';
import { asCommitId } from './object-format.ts';
import { branchReference } from './reference-name.ts';
import { accessRemote } from './remotes.ts';
import { runRemoteGit } from './run-remote-git.ts';
import { tipOf } from './tip-of.ts';

/**
 * Brings one branch of a remote into its remote-tracking ref, as `git fetch` does, and gives the tip. Moves no local
 * branch, takes no tags, writes no FETCH_HEAD.
 */
export async function fetchBranch(
  place: GitPlace,
  catFile: CatFile,
  processes: ProcessRunner,
  options: RemoteOptions & { readonly remote: string; readonly branch: string },
): Promise<Result<CommitId | undefined>> {
  const reference = branchReference(options.branch);
  if (!reference.ok) {
    return reference;
  }
  const access = await accessRemote(place, options.remote);
  if (!access.ok) {
    return access;
  }
  const tracking = `refs/remotes/${options.remote}/${reference.value.slice('refs/heads/'.length)}`;
  const fetched = await runRemoteGit(
    place,
    processes,
    access.value,
    [
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-recurse-submodules',
      '--end-of-options',
      options.remote,
      `+${reference.value}:${tracking}`,
    ],
    options,
  );
  if (fetched.exitCode !== 0) {
    if (/couldn't find remote ref/.test(fetched.stderr)) {
      return success(undefined);
    }
    return fetchFailure(fetched, options);
  }
  const tip = await tipOf(catFile, tracking);
  return tip === undefined
    ? gitFailure(`reading ${tracking}`, { stderr: 'it is not there after it was fetched' })
    : success(asCommitId(tip));
}
