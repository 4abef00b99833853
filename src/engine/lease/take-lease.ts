import type { Clock } from '../../adapters/clock/clock.ts';
import type { Stopwatch } from '../../adapters/clock/stopwatch.ts';
import type { Timer } from '../../adapters/clock/timer.ts';
import type { CommitId, GitRepository, NewCommit, ReferenceUpdate } from '../../adapters/git/git.ts';
import type { RunOwners } from '../../adapters/run-owner/run-owner.ts';
import type { Digest } from '../../model/digest.ts';
import { type Failure, failure, type Result, success } from '../../model/result.ts';
import { backOffDelayMs } from '../write-back/back-off.ts';
import { tryAgain } from '../write-back/try-again.ts';
import { wait } from '../write-back/wait.ts';
import { fenceReference, isExpired, type Lease, leaseFile, leaseMs, leasePrefix } from './lease.ts';
import { type KnownLease, readLeases } from './lease-book.ts';
import { moveLease, removalDeadlineMs } from './move-lease.ts';

export interface LeaseOptions {
  readonly git: GitRepository;
  /** Where leases are kept; without one in this repository. */
  readonly remote: string | undefined;
  readonly owners: RunOwners;
  readonly author: NewCommit['author'];
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  readonly timer: Timer;
  readonly random: () => number;
  /** Of one fetch or push. */
  readonly operationTimeoutMs: number;
  readonly signal?: AbortSignal;
}

export type TakenLease =
  | { readonly status: 'taken'; readonly lease: KnownLease }
  /** Others build some of it. */
  | { readonly status: 'held'; readonly by: readonly KnownLease[] };

/** Lost races for a lease, and failures that may pass, are answered this often; the run goes on without one after that. */
const attemptsAtMost = 8;

/**
 * Takes a lease on changes, unless somebody who is alive holds one on any of them. Creating the lease moves the fence
 * with it, in one compare-and-swap, so of two that look at the same time only one gets it, and tokens only grow. Leases
 * that have expired, or whose owner is known to be dead, are removed in the same step. A try whose answer was lost is
 * found at the next look; where it is the last one, or the run is cancelled, what it may have left is removed. Gives the
 * failure of the remote where it takes no such refs (the run can go on without), and SK2224 where the races do not end.
 */
export async function takeLease(
  options: LeaseOptions,
  run: string,
  changes: readonly Digest[],
): Promise<Result<TakenLease>> {
  const { git, remote, clock } = options;
  const limits = {
    timeoutMs: options.operationTimeoutMs,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const asked = new Set<string>(changes);
  let isAnswerLost = false;
  for (let attempt = 1; attempt <= attemptsAtMost; attempt += 1) {
    const book = await readLeases(git, remote, limits);
    if (!book.ok) {
      if (await isWorthAnother(book, attempt, options)) {
        continue;
      }
      return giveUp(options, run, book, isAnswerLost);
    }
    const now = clock.now();
    const over: KnownLease[] = [];
    const held: KnownLease[] = [];
    for (const known of book.value.leases) {
      if (known.lease.id === run) {
        // The answer to an earlier attempt was lost, and that attempt had landed.
        return success({ status: 'taken', lease: known });
      }
      if (isExpired(known.lease, now) || (await options.owners.isDead(known.lease.owner))) {
        over.push(known);
      } else if (known.lease.changes.some((digest) => asked.has(digest))) {
        held.push(known);
      }
    }
    if (held.length > 0) {
      return success({ status: 'held', by: held });
    }
    const lease: Lease = {
      formatVersion: 1,
      id: run,
      token: book.value.token + 1,
      changes,
      owner: await options.owners.self(),
      since: now.toISOString(),
      expiresAt: new Date(now.getTime() + leaseMs).toISOString(),
    };
    const commit = await writeLease(options, lease);
    if (!commit.ok) {
      return commit;
    }
    const reference = `${leasePrefix}${run}`;
    const updates: readonly ReferenceUpdate[] = [
      { reference, expected: undefined, next: commit.value },
      { reference: fenceReference, expected: book.value.fence, next: commit.value },
      ...over.map((known) => ({ reference: known.reference, expected: known.commit, next: undefined })),
    ];
    const created = await git.updateReferences(remote, updates, limits);
    if (!created.ok) {
      isAnswerLost = true;
      if (await isWorthAnother(created, attempt, options)) {
        continue;
      }
      return giveUp(options, run, created, isAnswerLost);
    }
    if (created.value.status === 'updated') {
      return success({ status: 'taken', lease: { lease, reference, commit: commit.value } });
    }
    if (!(await wait(backOffDelayMs(attempt, options.random()), options))) {
      break;
    }
  }
  return giveUp(
    options,
    run,
    failure({
      code: 'SK2224',
      severity: 'error',
      message: `no lease could be taken: others moved the leases during each of ${attemptsAtMost} attempts`,
      hint: 'nothing is lost by that; two runs may build the same, and one of them records it',
      failure: 'transient',
    }),
    isAnswerLost,
  );
}

/** Waits after a failure that may pass; false where it does not, or it has been waited for often enough. */
async function isWorthAnother(
  { diagnostics }: Failure,
  attempt: number,
  options: LeaseOptions,
): Promise<boolean> {
  return (
    attempt < attemptsAtMost &&
    diagnostics.some(({ failure }) => failure === 'transient' || failure === 'timed-out') &&
    (await wait(backOffDelayMs(attempt, options.random()), options))
  );
}

/** Removes the lease of a try whose answer was lost, as far as the remote can be reached, and passes the failure on. */
async function giveUp(
  { signal: _, ...options }: LeaseOptions,
  run: string,
  failed: Failure,
  isAnswerLost: boolean,
): Promise<Failure> {
  if (isAnswerLost) {
    await tryAgain(() => removeOwn(options, run), {
      ...options,
      deadlineMs: removalDeadlineMs,
      report: () => undefined,
    });
  }
  return failed;
}

async function removeOwn(options: LeaseOptions, run: string): Promise<Result<unknown>> {
  const { git, remote } = options;
  const limits = { timeoutMs: options.operationTimeoutMs };
  const book = await readLeases(git, remote, limits);
  const left = book.ok ? book.value.leases.find(({ lease }) => lease.id === run) : undefined;
  if (left === undefined) {
    return book;
  }
  const { reference, commit: expected } = left;
  return moveLease(options, { reference, expected, next: undefined }, { ...limits, deadlineMs: 0 });
}

/** Writes the commit of a lease; no ref is moved. */
export async function writeLease(
  { git, author, clock }: Pick<LeaseOptions, 'git' | 'author' | 'clock'>,
  lease: Lease,
): Promise<Result<CommitId>> {
  const commit = await git.writeCommit({
    parent: undefined,
    changes: new Map([[leaseFile, Buffer.from(`${JSON.stringify(lease)}\n`)]]),
    message: `lease: ${lease.id}\n`,
    author,
    at: Math.floor(clock.now().getTime() / 1000),
  });
  if (!commit.ok) {
    return commit;
  }
  if (commit.value === undefined) {
    throw new TypeError('a lease has a file, so its commit is never empty');
  }
  return success(commit.value);
}
