import { failure, type Result, success } from '../../model/result.ts';
import type { ProcessRunner } from '../process/process.ts';
import type { ReferenceUpdate, RefUpdate, RemoteOptions } from './git.ts';
import type { GitPlace } from './git-place.ts';
import { classifyPushRefusal } from './push-refusal.ts';
import { fullReference } from './reference-name.ts';
import { accessRemote } from './remotes.ts';
import { runRemoteGit } from './run-remote-git.ts';

/** Pushes refs of a remote, all or none, if each is still where it is expected to be. */
export async function pushReferences(
  place: GitPlace,
  processes: ProcessRunner,
  remote: string,
  updates: readonly ReferenceUpdate[],
  options: RemoteOptions = {},
): Promise<Result<RefUpdate>> {
  for (const { reference } of updates) {
    const name = fullReference(reference);
    if (!name.ok) {
      return name;
    }
  }
  const access = await accessRemote(place, remote);
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
      ...updates.map(({ reference, expected }) => `--force-with-lease=${reference}:${expected ?? ''}`),
      '--end-of-options',
      remote,
      ...updates.map(({ reference, next }) => `${next ?? ''}:${reference}`),
    ],
    options,
  );
  if (pushed.exitCode === 0) {
    return success({ status: 'updated' });
  }
  const refusal = classifyPushRefusal(pushed, {
    doing: 'pushing to',
    remote,
    branch: (updates[0]?.reference ?? '').replace('refs/heads/', ''),
  });
  return refusal.status === 'raced' ? success(refusal) : failure(refusal.diagnostic);
}
