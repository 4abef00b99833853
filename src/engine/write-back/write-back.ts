import type { Stopwatch } from '../../adapters/clock/stopwatch.ts';
import type { Timer } from '../../adapters/clock/timer.ts';
import type { CommitId } from '../../adapters/git/git.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { backOffDelayMs, spacedDelayMs } from './back-off.ts';
import { cancelled, gaveUp } from './given-up.ts';
import { type CommitContent, findLanded, type Offer, type OfferOptions, offerOnce } from './offer-once.ts';
import { wait } from './wait.ts';

export interface WriteBackOptions<Content extends CommitContent> extends OfferOptions<Content> {
  /** For messages: the branch that is written to. */
  readonly branch: string;
  readonly stopwatch: Stopwatch;
  readonly timer: Timer;
  /** Evenly spread over 0 to 1, 1 excluded. */
  readonly random: () => number;
  /** No attempt starts after this time. */
  readonly deadlineMs: number;
}

export interface WrittenBack<Content extends CommitContent> {
  /** Absent where nothing had to be recorded: there are no empty commits. */
  readonly commit: CommitId | undefined;
  readonly content: Content | undefined;
  /** Commits that were offered, the last one included. */
  readonly attempts: number;
  /** Spent before and between attempts. */
  readonly waitedMs: number;
}

/**
 * Records what a run did in one commit, by compare-and-swap. Whoever loses the race looks at the new tip and works
 * its changes out again; nothing is rebased or merged. An attempt whose end is unknown (the connection was lost, or it
 * took too long) is looked for at the next tip before it is made again, and once more when time is up. Where the branch
 * is crowded, attempts keep the distance that its newest commit asks for, the first one too. Fails where the branch has
 * no commit to build on (SK2202), where races do not end before the deadline (SK2201, exit code 5), and with the cause
 * that git or the remote names.
 */
export async function writeBack<Content extends CommitContent>(
  options: WriteBackOptions<Content>,
): Promise<Result<WrittenBack<Content>>> {
  const { landing, stopwatch } = options;
  const startedMs = stopwatch.readMs();
  const offered: Offer<Content>[] = [];
  let waitedMs = 0;
  let delayMs = spacedDelayMs(await landing.spacingMs(), options.random());
  for (let failures = 0; ; failures += 1) {
    if (delayMs > 0 && !(await wait(delayMs, options))) {
      return failure(cancelled(options));
    }
    waitedMs += delayMs;
    const outcome = await offerOnce(options, offered, { waitedMs, hasFailed: failures > 0 });
    if (outcome.status === 'failed') {
      return outcome.failure;
    }
    if (outcome.status === 'done') {
      return finish(outcome.offer);
    }
    delayMs = backOffDelayMs(failures + 1, options.random(), await landing.spacingMs());
    if (stopwatch.readMs() - startedMs + delayMs > options.deadlineMs) {
      const landed = outcome.isEndKnown ? undefined : await findLanded(options, offered);
      return landed === undefined ? failure(gaveUp(options, offered.length, outcome.reason)) : finish(landed);
    }
  }

  async function finish(offer: Offer<Content> | undefined): Promise<Result<WrittenBack<Content>>> {
    if (offer !== undefined) {
      await landing.settle(offer.commit);
    }
    return success({ commit: offer?.commit, content: offer?.content, attempts: offered.length, waitedMs });
  }
}
