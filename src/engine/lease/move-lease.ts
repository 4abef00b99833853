import type { Stopwatch } from '../../adapters/clock/stopwatch.ts';
import type { Timer } from '../../adapters/clock/timer.ts';
import type { CommitId, GitRepository, RefUpdate, RemoteOptions } from '../../adapters/git/git.ts';
import { type Result, success } from '../../model/result.ts';
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
 * Moves or removes the ref of a lease, and tries again while the remote does not answer, until the deadline. An answer
 * may be lost after the remote has moved the ref: the next refusal then says nothing, and where the ref is now decides.
 */
export async function moveLease(
  options: MoveLeaseOptions,
  move: LeaseMove,
  limits: RemoteOptions & { readonly deadlineMs: number },
): Promise<Result<RefUpdate>> {
  const { git, remote } = options;
  let isAnswerLost = false;
  return tryAgain(
    async () => {
      const moved = await git.updateReferences(remote, [move], limits);
      if (moved.ok && moved.value.status === 'updated') {
        return moved;
      }
      if (isAnswerLost) {
        const there = await git.listReferences(remote, prefixOf(move.reference), limits);
        if (!there.ok || there.value.get(move.reference) === move.next) {
          return there.ok ? success({ status: 'updated' }) : there;
        }
      }
      isAnswerLost ||= !moved.ok;
      return moved;
    },
    { ...options, deadlineMs: limits.deadlineMs, report: () => undefined },
  );
}

function prefixOf(reference: string): string {
  return reference.slice(0, reference.lastIndexOf('/') + 1);
}

/** How long a remote that does not answer is asked to remove a lease; one that stays behind is over after a while. */
export const removalDeadlineMs = 20_000;
