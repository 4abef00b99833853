import { failure, type Result, success } from '../../model/result.ts';
import type { ProcessRunner } from '../process/process.ts';
import { fetchFailure } from './fetch-failure.ts';
import type { CommitId, RemoteOptions } from './git.ts';
import { gitFailure, refusedName } from './git-failure.ts';
import type { GitPlace } from './git-place.ts';
import { isCommitId } from './object-format.ts';
import { accessRemote } from './remotes.ts';
import { runRemoteGit } from './run-remote-git.ts';

/**
 * Refs below a prefix. Those of a remote are brought below `refs/sandkiln-remotes/<remote>/` first, where what the
 * remote has no longer goes too; refs that lead to anything but a commit are left out.
 */
export async function listReferences(
  place: GitPlace,
  processes: ProcessRunner,
  remote: string | undefined,
  prefix: string,
  options: RemoteOptions = {},
): Promise<Result<ReadonlyMap<string, CommitId>>> {
  if (!/^refs\/(?:[A-Za-z0-9][A-Za-z0-9-]*\/)+$/.test(prefix)) {
    return failure(refusedName('prefix of refs', prefix));
  }
  if (remote === undefined) {
    return listed(place, prefix, prefix);
  }
  const access = await accessRemote(place, remote);
  if (!access.ok) {
    return access;
  }
  const copies = `refs/sandkiln-remotes/${remote}/${prefix.slice('refs/'.length)}`;
  const fetched = await runRemoteGit(
    place,
    processes,
    access.value,
    [
      'fetch',
      '--quiet',
      '--no-tags',
      '--prune',
      '--no-write-fetch-head',
      '--no-recurse-submodules',
      '--end-of-options',
      remote,
      `+${prefix}*:${copies}*`,
    ],
    options,
  );
  return fetched.exitCode === 0
    ? listed(place, copies, prefix)
    : fetchFailure(fetched, { remote, branch: prefix });
}

async function listed(
  place: GitPlace,
  folder: string,
  prefix: string,
): Promise<Result<ReadonlyMap<string, CommitId>>> {
  const rows = await place.run('read', [
    'for-each-ref',
    '--format=%(objecttype) %(objectname) %(refname)',
    '--end-of-options',
    folder,
  ]);
  if (rows.exitCode !== 0) {
    return gitFailure(`listing ${folder}`, rows);
  }
  const found = new Map<string, CommitId>();
  for (const row of rows.stdout.toString().split('\n')) {
    const [type, id = '', name = ''] = row.split(' ');
    if (type === 'commit' && isCommitId(id)) {
      found.set(`${prefix}${name.slice(folder.length)}`, id);
    }
  }
  return success(found);
}
