import type { CommitId } from '../../adapters/git/git.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { wait } from './wait.ts';

export interface SettledOptions {
  /** The newest commit of the desired state. */
  readonly newest: () => Promise<Result<CommitId>>;
  /** Whether two commits ask for the same, so that the later one is no news. */
  readonly isSame: (left: CommitId, right: CommitId) => Promise<boolean>;
  readonly windowMs: number;
  readonly timer: Parameters<typeof wait>[1]['timer'];
  readonly signal?: AbortSignal;
}

/** However often commits arrive, no more windows than these are waited for. */
const windowsAtMost = 10;

/**
 * Waits until no newer commit has arrived for a window, and gives the newest one: a burst of commits becomes one
 * reconcile. SK2204 where the run is cancelled meanwhile.
 */
export async function settledCommit(options: SettledOptions): Promise<Result<CommitId>> {
  let newest = await options.newest();
  for (let window = 0; newest.ok && window < windowsAtMost; window += 1) {
    if (!(await wait(options.windowMs, options))) {
      return failure({
        code: 'SK2204',
        severity: 'error',
        message: 'waiting for more commits was cancelled',
        hint: 'run it again',
        failure: 'cancelled',
      });
    }
    const later = await options.newest();
    if (!later.ok || (await options.isSame(newest.value, later.value))) {
      return later;
    }
    newest = success(later.value);
  }
  return newest;
}
