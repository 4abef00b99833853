import type { Timer } from '../../adapters/clock/timer.ts';
import type { CommitId } from '../../adapters/git/git.ts';
import type { Digest } from '../../model/digest.ts';
import type { Plan } from '../../model/plan.ts';
import type { Withdraw } from '../execute/withdrawals.ts';

/** How to learn what is wanted while a plan is carried out. */
export interface DesiredWatch {
  /** Time between the end of one look and the next. */
  readonly everyMs: number;
  /** The newest desired commit; nothing where it cannot be told now. */
  readonly newest: (signal: AbortSignal) => Promise<CommitId | undefined>;
  /** Digests of the changes that a commit asks for; nothing where it says nothing against the plan. */
  readonly wantedAt: (commit: CommitId) => Promise<ReadonlySet<Digest> | undefined>;
}

/**
 * Looks at the desired state until it is disposed of, and withdraws the changes of a plan that a newer commit does not
 * ask for in this form. Nothing is at work any more once that has ended.
 */
export function watchDesired(
  plan: Plan,
  { everyMs, newest, wantedAt }: DesiredWatch,
  timer: Timer,
  withdraw: Withdraw,
): AsyncDisposable {
  const controller = new AbortController();
  let seen: string | null = plan.desiredCommit;
  let looking: Promise<void> | undefined;
  let next = timer.after(everyMs, look);

  function look(): void {
    looking = lookOnce();
    // Whoever disposes gets the exception.
    looking.catch(() => {});
  }

  async function lookOnce(): Promise<void> {
    const commit = await newest(controller.signal);
    if (commit !== undefined && commit !== seen) {
      const wanted = await wantedAt(commit);
      seen = commit;
      const gone = plan.changes.filter(({ digest }) => wanted?.has(digest) === false);
      if (gone.length > 0) {
        withdraw(
          gone.map(({ resource }) => resource),
          commit,
        );
      }
    }
    if (!controller.signal.aborted) {
      next = timer.after(everyMs, look);
    }
  }

  return {
    [Symbol.asyncDispose]: async () => {
      controller.abort();
      next.cancel();
      await looking;
    },
  };
}
