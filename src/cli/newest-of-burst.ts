import type { CommitId } from '../adapters/git/git.ts';
import { openTimer, type Workspace } from '../compose.ts';
import { settledCommit } from '../engine/write-back/settled-commit.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { Invocation } from './command.ts';
import { parseTime } from './parse-time.ts';
import { patientGit } from './patient-git.ts';
import { readRemoteLimits } from './remote-options.ts';
import { hasSameSources } from './wanted-changes.ts';
import { wrongOption } from './wrong-option.ts';

/**
 * The commit that --coalesce ends with: the newest of HEAD's branch, at the remote where there is one, after no newer
 * one arrived for the window. Commits of the engine itself, which change nothing but the catalog, are no news. HEAD,
 * where it has commits that the remote does not: those are told of later.
 */
export async function newestOfBurst(invocation: Invocation, { git }: Workspace): Promise<Result<CommitId>> {
  const text = invocation.text('coalesce') ?? '';
  const windowMs = parseTime(text);
  if (windowMs === undefined || invocation.text('ref') !== undefined) {
    const wanted = windowMs === undefined ? 'a time span with its unit: 10s, 1m' : 'it without --ref';
    return failure(wrongOption('coalesce', text, wanted));
  }
  const limits = readRemoteLimits(invocation);
  if (!limits.ok) {
    return limits;
  }
  const head = await git.resolveCommit('HEAD');
  const branch = (await git.head()).branch;
  if (!head.ok || branch === undefined) {
    return head.ok ? failure(wrongOption('coalesce', text, 'it on a branch: HEAD is detached')) : head;
  }
  const remote = invocation.flag('no-remote')
    ? undefined
    : (invocation.text('remote') ?? (await git.defaultRemote()));
  const patient = patientGit(git, limits.value, invocation);
  const options = { timeoutMs: limits.value.operationTimeoutMs, signal: invocation.signal };
  return settledCommit({
    newest: async () => {
      const tip =
        remote === undefined
          ? await git.resolveCommit(branch)
          : await patient.fetchBranch(remote, branch, options);
      if (!tip.ok) {
        return tip;
      }
      const isBehind = tip.value !== undefined && (await git.isAncestor(head.value, tip.value));
      return success(isBehind && tip.value !== undefined ? tip.value : head.value);
    },
    isSame: (left, right) => hasSameSources(git, left, right),
    windowMs,
    timer: await openTimer(),
    signal: invocation.signal,
  });
}
