import type { Clock } from '../../adapters/clock/clock.ts';
import type { Timer } from '../../adapters/clock/timer.ts';
import type { CommitId, FileChanges, GitWriter, NewCommit } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type Failure, failure, type Result, success } from '../../model/result.ts';
import { backOffDelayMs } from './back-off.ts';
import type { Landing, Sight } from './landing.ts';
import { wait } from './wait.ts';

/** What one commit is made of. */
export interface CommitContent {
  readonly changes: FileChanges;
  readonly message: string;
}

/** What a commit is worked out for. */
export interface Attempt extends Sight {
  /** Counts from 1. */
  readonly attempt: number;
  /** Spent between attempts so far. */
  readonly waitedMs: number;
}

export interface WriteBackOptions<Content extends CommitContent> {
  readonly git: Pick<GitWriter, 'writeCommit'>;
  readonly landing: Landing;
  /** For messages: the branch that is written to. */
  readonly branch: string;
  /** The commit on top of `parent`, worked out anew for each attempt; nothing where there is nothing to record. */
  readonly compute: (attempt: Attempt) => Promise<Result<Content | undefined>>;
  readonly author: NewCommit['author'];
  readonly sign?: NewCommit['sign'];
  readonly clock: Clock;
  readonly timer: Timer;
  /** Evenly spread over 0 to 1, 1 excluded. */
  readonly random: () => number;
  /** No attempt starts after this time. */
  readonly deadlineMs: number;
  /** Of one fetch or push. */
  readonly operationTimeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface WrittenBack<Content extends CommitContent> {
  /** Absent where nothing had to be recorded: there are no empty commits. */
  readonly commit: CommitId | undefined;
  readonly content: Content | undefined;
  /** Commits that were offered, the last one included. */
  readonly attempts: number;
  /** Spent between attempts. */
  readonly waitedMs: number;
}

/**
 * Records what a run did in one commit, by compare-and-swap. Whoever loses the race looks at the new tip and works
 * its changes out again; nothing is rebased or merged. An attempt whose end is unknown (the connection was lost, or it
 * took too long) is looked for at the next tip before it is made again, and once more when time is up. Fails where the
 * branch has no commit to build on (SK2202), where races do not end before the deadline (SK2201, exit code 5), and
 * with the cause that git or the remote names.
 */
export async function writeBack<Content extends CommitContent>(
  options: WriteBackOptions<Content>,
): Promise<Result<WrittenBack<Content>>> {
  const { clock, landing } = options;
  const startedMs = clock.now().getTime();
  const offered: Offer<Content>[] = [];
  let failures = 0;
  let waitedMs = 0;
  for (;;) {
    const outcome = await tryOnce(options, offered, waitedMs);
    if (outcome.status === 'failed') {
      return outcome.failure;
    }
    if (outcome.status === 'done') {
      return finish(outcome.offer);
    }
    failures += 1;
    const delayMs = backOffDelayMs(failures, options.random());
    if (clock.now().getTime() - startedMs + delayMs > options.deadlineMs) {
      const landed = outcome.isEndKnown ? undefined : await findLanded(options, offered);
      return landed === undefined ? failure(gaveUp(options, offered.length, outcome.reason)) : finish(landed);
    }
    if (!(await wait(delayMs, options))) {
      return failure(cancelled(options));
    }
    waitedMs += delayMs;
  }

  async function finish(offer: Offer<Content> | undefined): Promise<Result<WrittenBack<Content>>> {
    if (offer !== undefined) {
      await landing.settle(offer.commit);
    }
    return success({ commit: offer?.commit, content: offer?.content, attempts: offered.length, waitedMs });
  }
}

interface Offer<Content> {
  readonly commit: CommitId;
  readonly content: Content;
}

type Outcome<Content> =
  | { readonly status: 'done'; readonly offer: Offer<Content> | undefined }
  /** A race, or a failure that may pass. */
  | {
      readonly status: 'again';
      readonly reason: string | Diagnostic;
      /** False where the commit may have landed all the same. */
      readonly isEndKnown: boolean;
    }
  | { readonly status: 'failed'; readonly failure: Failure };

async function tryOnce<Content extends CommitContent>(
  options: WriteBackOptions<Content>,
  offered: Offer<Content>[],
  waitedMs: number,
): Promise<Outcome<Content>> {
  const { git, landing } = options;
  const limits = remoteOptions(options);
  const sight = await landing.look(limits);
  if (!sight.ok) {
    return againOrFailed(sight, offered.length === 0);
  }
  for (const offer of offered) {
    if (await landing.holds(sight.value, offer.commit)) {
      return { status: 'done', offer };
    }
  }
  const content = await options.compute({ ...sight.value, attempt: offered.length + 1, waitedMs });
  if (!content.ok) {
    return { status: 'failed', failure: content };
  }
  if (content.value === undefined) {
    return { status: 'done', offer: undefined };
  }
  const commit = await git.writeCommit({
    parent: sight.value.parent,
    changes: content.value.changes,
    message: content.value.message,
    author: options.author,
    at: Math.floor(options.clock.now().getTime() / 1000),
    ...(options.sign === undefined ? {} : { sign: options.sign }),
  });
  if (!commit.ok) {
    return { status: 'failed', failure: commit };
  }
  if (commit.value === undefined) {
    return { status: 'done', offer: undefined };
  }
  const offer = { commit: commit.value, content: content.value };
  offered.push(offer);
  const moved = await landing.land(sight.value, commit.value, limits);
  if (!moved.ok) {
    return againOrFailed(moved, false);
  }
  return moved.value.status === 'updated'
    ? { status: 'done', offer }
    : { status: 'again', reason: moved.value.detail, isEndKnown: true };
}

async function findLanded<Content extends CommitContent>(
  options: WriteBackOptions<Content>,
  offered: readonly Offer<Content>[],
): Promise<Offer<Content> | undefined> {
  const sight = await options.landing.look(remoteOptions(options));
  for (const offer of sight.ok ? offered : []) {
    if (sight.ok && (await options.landing.holds(sight.value, offer.commit))) {
      return offer;
    }
  }
  return undefined;
}

function remoteOptions<Content extends CommitContent>(options: WriteBackOptions<Content>) {
  return {
    timeoutMs: options.operationTimeoutMs,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
}

function againOrFailed(failed: Failure, isEndKnown: boolean): Outcome<never> {
  const passing = failed.diagnostics.find(
    ({ failure }) => failure === 'transient' || failure === 'timed-out',
  );
  return passing === undefined
    ? { status: 'failed', failure: failed }
    : { status: 'again', reason: passing, isEndKnown };
}

/** What was in the way last: a failure that did not pass is itself, a race gets its own name. */
function gaveUp(
  options: { readonly branch: string },
  attempts: number,
  reason: string | Diagnostic,
): Diagnostic {
  if (typeof reason !== 'string') {
    return reason;
  }
  return {
    code: 'SK2201',
    severity: 'error',
    message: `branch ${options.branch} was moved by others during each of ${attempts} attempts: ${reason}`,
    hint: 'run it again; nothing is lost, finished builds are found in the cache',
    failure: 'transient',
  };
}

function cancelled(options: { readonly branch: string }): Diagnostic {
  return {
    code: 'SK2204',
    severity: 'error',
    message: `writing to branch ${options.branch} was cancelled before it was moved`,
    hint: 'run it again',
    failure: 'cancelled',
  };
}
