import type { Clock } from '../../adapters/clock/clock.ts';
import type { CommitId, FileChanges, GitWriter, NewCommit } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Failure, Result } from '../../model/result.ts';
import type { Landing, Sight } from './landing.ts';
import { nextSpacingMs, withSpacing } from './spacing.ts';

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

export interface OfferOptions<Content extends CommitContent> {
  readonly git: Pick<GitWriter, 'writeCommit'>;
  readonly landing: Landing;
  /** The commit on top of `parent`, worked out anew for each attempt; nothing where there is nothing to record. */
  readonly compute: (attempt: Attempt) => Promise<Result<Content | undefined>>;
  readonly author: NewCommit['author'];
  readonly sign?: NewCommit['sign'];
  readonly clock: Clock;
  /** Of one fetch or push. */
  readonly operationTimeoutMs: number;
  readonly signal?: AbortSignal;
}

/** A commit that was offered to the branch, and may or may not have landed. */
export interface Offer<Content> {
  readonly commit: CommitId;
  readonly content: Content;
}

export type OfferOutcome<Content> =
  | { readonly status: 'done'; readonly offer: Offer<Content> | undefined }
  /** A race, or a failure that may pass. */
  | {
      readonly status: 'again';
      readonly reason: string | Diagnostic;
      /** False where the commit may have landed all the same. */
      readonly isEndKnown: boolean;
    }
  | { readonly status: 'failed'; readonly failure: Failure };

/**
 * Looks, works the commit out, writes it and offers it to the branch, once. Adds to `offered` what it offers; an earlier
 * offer that turns out to have landed ends it.
 */
export async function offerOnce<Content extends CommitContent>(
  options: OfferOptions<Content>,
  offered: Offer<Content>[],
  { waitedMs, hasFailed }: { readonly waitedMs: number; readonly hasFailed: boolean },
): Promise<OfferOutcome<Content>> {
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
    message: withSpacing(content.value.message, nextSpacingMs(await landing.spacingMs(), hasFailed)),
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

/** The offer that has landed by now, if one has. */
export async function findLanded<Content extends CommitContent>(
  options: OfferOptions<Content>,
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

function remoteOptions<Content extends CommitContent>(options: OfferOptions<Content>) {
  return {
    timeoutMs: options.operationTimeoutMs,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
}

function againOrFailed(failed: Failure, isEndKnown: boolean): OfferOutcome<never> {
  const passing = failed.diagnostics.find(
    ({ failure }) => failure === 'transient' || failure === 'timed-out',
  );
  return passing === undefined
    ? { status: 'failed', failure: failed }
    : { status: 'again', reason: passing, isEndKnown };
}
