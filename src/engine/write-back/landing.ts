import type { CommitId, RefUpdate, RemoteOptions } from '../../adapters/git/git.ts';
import type { Result } from '../../model/result.ts';

/** How things stand where commits go. */
export interface Sight {
  /** What the next commit is made on. */
  readonly parent: CommitId;
  /** What the ref that is to be moved leads to; absent where it is yet to be made. */
  readonly tip: CommitId | undefined;
  /** An open proposal, whose catalog the next commit carries on. */
  readonly proposal?: CommitId;
}

/** Where the commit of a reconcile goes, and how it gets there: a branch, or a proposal beside it. */
export interface Landing {
  /** Looks anew. SK2202 where there is nothing to build on. */
  look(options: RemoteOptions): Promise<Result<Sight>>;
  /** Moves the ref to a commit, if nothing has moved since that look. */
  land(sight: Sight, commit: CommitId, options: RemoteOptions): Promise<Result<RefUpdate>>;
  /** Whether a commit that was offered before, with an end that nobody knows, has landed. */
  holds(sight: Sight, commit: CommitId): Promise<boolean>;
  /** How far apart the writers that are at it now keep their attempts, by the newest commit that is known here; else 0. */
  spacingMs(): Promise<number>;
  /** Called once with the commit that landed. */
  settle(commit: CommitId): Promise<void>;
}
