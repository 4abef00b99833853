import type { GitRepository } from '../adapters/git/git.ts';
import { openStopwatch, openTimer } from '../compose.ts';
import { tryAgain } from '../engine/write-back/try-again.ts';
import type { Invocation } from './command.ts';
import type { RemoteLimits } from './remote-options.ts';
import { reportDiagnostics } from './report.ts';

/**
 * The repository with fetches that are tried again while the remote does not answer, each for as long as --push-timeout
 * says. What writes back answers failures itself, and takes the plain one.
 */
export function patientGit(
  git: GitRepository,
  { pushTimeoutMs }: Pick<RemoteLimits, 'pushTimeoutMs'>,
  invocation: Invocation,
): GitRepository {
  return {
    ...git,
    async fetchBranch(remote, branch, options) {
      const [stopwatch, timer] = await Promise.all([openStopwatch(), openTimer()]);
      return tryAgain(() => git.fetchBranch(remote, branch, options), {
        stopwatch,
        timer,
        random: Math.random,
        deadlineMs: pushTimeoutMs,
        signal: invocation.signal,
        report: (diagnostic) => void reportDiagnostics(invocation, [diagnostic]),
      });
    },
  };
}
