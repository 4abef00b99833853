import type { Stopwatch } from '../../adapters/clock/stopwatch.ts';
import type { Timer } from '../../adapters/clock/timer.ts';
import type { CommitId, GitRepository, RefUpdate, RemoteOptions } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { tryAgain } from '../write-back/try-again.ts';

export interface MoveLeaseOptions {
  readonly git: GitRepository;
  readonly remote: string | undefined;
  readonly stopwatch: Stopwatch;
  readonly timer: Timer;
  readonly random: () => number;
  /** Ends the waiting between two tries. */
  readonly signal?: AbortSignal;
}

/** The move of a lease's ref; nothing as `next` takes it away. */
export interface LeaseMove {
  readonly reference: string;
  readonly expected: CommitId;
  readonly next: CommitId | undefined;
}

/**
 * Moves or removes the ref of a lease, and tries again while the remote does not answer, until the deadline. A refusal
 * says little: an answer may have been lost after the remote moved the ref, and the ref may only have been locked at that
 * moment. Where the ref is then decides, so `raced` says that somebody else has moved it.
 */
export async function moveLease(
  options: MoveLeaseOptions,
  move: LeaseMove,
  limits: RemoteOptions & { readonly deadlineMs: number },
): Promise<Result<RefUpdate>> {
  const { git, remote } = options;
  return tryAgain(
    async () => {
      const moved = await git.updateReferences(remote, [move], limits);
      if (!moved.ok || moved.value.status === 'updated') {
        return moved;
      }
      const there = await git.listReferences(remote, prefixOf(move.reference), limits);
      if (!there.ok) {
        return there;
      }
      switch (there.value.get(move.reference)) {
        case move.next:
          return success({ status: 'updated' });
        case move.expected:
          return failure(notMoved(move, moved.value.detail));
        default:
          return moved;
      }
    },
    { ...options, deadlineMs: limits.deadlineMs, report: () => undefined },
  );
}

function notMoved({ reference }: LeaseMove, detail: string): Diagnostic {
  return {
    code: 'SK2226',
    severity: 'error',
    message: `${reference} was not moved though nobody else has: ${detail}`,
    hint: 'try again later; if it stays so, look for a lock that was left at the remote',
    failure: 'transient',
  };
}

function prefixOf(reference: string): string {
  return reference.slice(0, reference.lastIndexOf('/') + 1);
}

/** How long a remote that does not answer is asked to remove a lease; one that stays behind is over after a while. */
export const removalDeadlineMs = 20_000;
