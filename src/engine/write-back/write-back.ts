import type { Clock } from '../../adapters/clock/clock.ts';
import type { Timer } from '../../adapters/clock/timer.ts';
import type { CommitId, FileChanges, GitRepository, NewCommit, RefUpdate } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Emit } from '../../model/event.ts';
import { type Failure, failure, type Result, success } from '../../model/result.ts';
import { backOffDelayMs } from './back-off.ts';
import { bringLocalBranch } from './bring-local-branch.ts';
import { wait } from './wait.ts';

/** What one commit is made of. */
export interface CommitContent {
  readonly changes: FileChanges;
  readonly message: string;
}

export interface WriteBackOptions<Content extends CommitContent> {
  readonly git: GitRepository;
  /** The catalog's branch, in short or in full. */
  readonly branch: string;
  /** The only folder that commits change: `catalog`. */
  readonly folder: string;
  /** Where to push to; without one the local branch itself is moved. */
  readonly remote?: string;
  /** The commit on top of a tip, worked out anew for each attempt; nothing where there is nothing to record. */
  readonly compute: (tip: CommitId) => Promise<Result<Content | undefined>>;
  readonly author: NewCommit['author'];
  readonly sign?: NewCommit['sign'];
  readonly clock: Clock;
  readonly timer: Timer;
  /** Evenly spread over 0 to 1, 1 excluded. */
  readonly random: () => number;
  /** No attempt starts after this time. */
  readonly deadlineMs: number;
  /** Of one fetch or push. */
  readonly pushTimeoutMs: number;
  readonly signal?: AbortSignal;
  /** Takes notes, such as a local branch that was left alone. */
  readonly emit: Emit;
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
 * its changes out again; nothing is rebased or merged. An attempt whose end is unknown (the connection was lost) is
 * looked for at the next tip before it is made again. Fails where the branch has no commit to build on (SK2202), where
 * races do not end before the deadline (SK2201, exit code 5), and with the cause that git or the remote names.
 */
export async function writeBack<Content extends CommitContent>(
  options: WriteBackOptions<Content>,
): Promise<Result<WrittenBack<Content>>> {
  const startedMs = options.clock.now().getTime();
  const offered: Offer<Content>[] = [];
  let failures = 0;
  let waitedMs = 0;
  for (;;) {
    const attempt = await tryOnce(options, offered);
    if (attempt.status === 'failed') {
      return attempt.failure;
    }
    if (attempt.status === 'done') {
      const { offer } = attempt;
      if (offer !== undefined && options.remote !== undefined) {
        await bringLocalBranch(options, offer.commit);
      }
      return success({ commit: offer?.commit, content: offer?.content, attempts: offered.length, waitedMs });
    }
    failures += 1;
    const delayMs = backOffDelayMs(failures, options.random());
    const isLate = options.clock.now().getTime() - startedMs + delayMs > options.deadlineMs;
    if (isLate || !(await wait(delayMs, options))) {
      return failure(isLate ? gaveUp(options, offered.length, attempt.reason) : cancelled(options));
    }
    waitedMs += delayMs;
  }
}

interface Offer<Content> {
  readonly commit: CommitId;
  readonly content: Content;
}

type Attempt<Content> =
  | { readonly status: 'done'; readonly offer: Offer<Content> | undefined }
  /** A race, or a failure that may pass. */
  | { readonly status: 'again'; readonly reason: string | Diagnostic }
  | { readonly status: 'failed'; readonly failure: Failure };

async function tryOnce<Content extends CommitContent>(
  options: WriteBackOptions<Content>,
  offered: Offer<Content>[],
): Promise<Attempt<Content>> {
  const { git } = options;
  const tip = await findTip(options);
  if (!tip.ok) {
    return againOrFailed(tip);
  }
  for (const offer of offered) {
    if (await git.isAncestor(offer.commit, tip.value)) {
      return { status: 'done', offer };
    }
  }
  const content = await options.compute(tip.value);
  if (!content.ok) {
    return { status: 'failed', failure: content };
  }
  if (content.value === undefined) {
    return { status: 'done', offer: undefined };
  }
  const commit = await git.writeCommit({
    parent: tip.value,
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
  const moved = await moveBranch(options, tip.value, commit.value);
  if (!moved.ok) {
    return againOrFailed(moved);
  }
  return moved.value.status === 'updated'
    ? { status: 'done', offer }
    : { status: 'again', reason: moved.value.detail };
}

async function findTip<Content extends CommitContent>(
  options: WriteBackOptions<Content>,
): Promise<Result<CommitId>> {
  const { git, branch, remote } = options;
  if (remote === undefined) {
    const tip = await git.resolveCommit(fullName(branch));
    return tip.ok || tip.diagnostics[0]?.code !== 'SK2006' ? tip : noCommits(branch, 'this repository');
  }
  const tip = await git.fetchBranch(remote, branch, remoteOptions(options));
  if (!tip.ok) {
    return tip;
  }
  return tip.value === undefined ? noCommits(branch, `remote ${remote}`) : success(tip.value);
}

function moveBranch<Content extends CommitContent>(
  options: WriteBackOptions<Content>,
  tip: CommitId,
  commit: CommitId,
): Promise<Result<RefUpdate>> {
  const { git, branch, remote } = options;
  return remote === undefined
    ? git.advanceBranch(branch, tip, commit, options.folder)
    : git.pushBranch(remote, branch, tip, commit, remoteOptions(options));
}

function remoteOptions<Content extends CommitContent>(options: WriteBackOptions<Content>) {
  return {
    timeoutMs: options.pushTimeoutMs,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
}

function fullName(branch: string): string {
  return branch.startsWith('refs/heads/') ? branch : `refs/heads/${branch}`;
}

function againOrFailed(failed: Failure): Attempt<never> {
  const transient = failed.diagnostics.find((diagnostic) => diagnostic.failure === 'transient');
  return transient === undefined
    ? { status: 'failed', failure: failed }
    : { status: 'again', reason: transient };
}

function noCommits(branch: string, where: string): Failure {
  return failure({
    code: 'SK2202',
    severity: 'error',
    message: `branch ${branch} has no commits in ${where}`,
    hint: 'make the first commit and push it, or name another branch in sandkiln.yaml (spec.catalog.branch)',
    failure: 'stalled',
  });
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
