import { failure, type Result, success } from '../../model/result.ts';
import type { ProcessRunner } from '../process/process.ts';
import type { CommitId, RefUpdate, RemoteOptions } from './git.ts';
import type { GitPlace } from './git-place.ts';
import { classifyPushRefusal } from './push-refusal.ts';
import { branchReference } from './reference-name.ts';
import { accessRemote } from './remotes.ts';
import { runRemoteGit } from './run-remote-git.ts';

export interface PushBranchOptions extends RemoteOptions {
  readonly remote: string;
  readonly branch: string;
  /** What the branch must be at the remote; nothing: it must not be there. */
  readonly expected: CommitId | undefined;
  readonly next: CommitId;
}

/** Pushes one commit to one branch, if the branch is still where it is expected to be. */
export async function pushBranch(
  place: GitPlace,
  processes: ProcessRunner,
  options: PushBranchOptions,
): Promise<Result<RefUpdate>> {
  const reference = branchReference(options.branch);
  if (!reference.ok) {
    return reference;
  }
  const access = await accessRemote(place, options.remote);
  if (!access.ok) {
    return access;
  }
  const pushed = await runRemoteGit(
    place,
    processes,
    access.value,
    [
      'push',
      '--porcelain',
      '--atomic',
      '--no-verify',
      '--no-recurse-submodules',
      `--force-with-lease=${reference.value}:${options.expected ?? ''}`,
      '--end-of-options',
      options.remote,
      `${options.next}:${reference.value}`,
    ],
    options,
  );
  if (pushed.exitCode === 0) {
    return success({ status: 'updated' });
  }
  const refusal = classifyPushRefusal(pushed, {
    doing: 'pushing to',
    remote: options.remote,
    branch: options.branch,
  });
  return refusal.status === 'raced' ? success(refusal) : failure(refusal.diagnostic);
}
