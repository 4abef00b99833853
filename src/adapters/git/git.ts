import type { Result } from '../../model/result.ts';

declare const commitBrand: unique symbol;
declare const objectBrand: unique symbol;

/** Full object name of a commit, in the repository's own hash. */
export type CommitId = string & { readonly [commitBrand]: true };
/** Full object name of a blob or tree. */
export type ObjectId = string & { readonly [objectBrand]: true };

/** One row of a recursive tree listing. */
export interface GitTreeEntry {
  /** Slash-separated, from the root of the repository. */
  readonly path: string;
  /** `100644`, `100755`, `120000` (symbolic link), `160000` (submodule). */
  readonly mode: string;
  readonly id: ObjectId;
  readonly sizeBytes: number;
}

/** One row of a single folder. */
export interface GitFolderRow {
  readonly name: string;
  /** As in {@link GitTreeEntry}, and `040000` for a folder. */
  readonly mode: string;
  readonly id: ObjectId;
}

/** What HEAD is. */
export interface GitHead {
  /** `refs/heads/main`; absent when detached. */
  readonly branch?: string;
  /** Absent in a repository without commits. */
  readonly commit?: CommitId;
}

export interface GitCommit {
  readonly id: CommitId;
  readonly tree: ObjectId;
  readonly parents: readonly CommitId[];
  /** `Name <address>`, as whoever made the commit wrote it. */
  readonly author: string;
  /** Committer time, seconds since 1970. */
  readonly committedAt: number;
  readonly message: string;
  /** Armoured SSHSIG and the exact bytes that it signs. */
  readonly signature?: { readonly armour: string; readonly signed: Uint8Array };
}

/** A file of a work tree, tracked or untracked and not ignored; never looked at through a symbolic link. */
export interface GitWorktreeFile {
  readonly path: string;
  readonly mode: string;
  readonly sizeBytes: number;
  /** `worktree:` and what `lstat` says of the file; equal ids mean that nothing was written in between. */
  readonly id: string;
}

/** Reads the object database; never checks anything out, runs no hook and no filter. */
export interface GitObjects {
  /** Full object name of a commit. A revision that starts with `-` or holds control characters is refused. */
  resolveCommit(revision: string): Promise<Result<CommitId>>;
  head(): Promise<GitHead>;
  /** Blobs below the given paths, recursive, sorted by path; a path that is not there gives no rows. */
  listTree(commit: CommitId, paths: readonly string[]): Promise<Result<readonly GitTreeEntry[]>>;
  /** Name of the tree or blob at a path of a commit; the empty path is the root tree. */
  objectAt(commit: CommitId, path: string): Promise<ObjectId | undefined>;
  /** The rows of one tree object, not recursive, in git's own order. */
  readFolder(tree: ObjectId): Promise<Result<readonly GitFolderRow[]>>;
  /** Whether `ancestor` is `commit` or can be reached from it by any parents; false where either is missing. */
  isAncestor(ancestor: CommitId, commit: CommitId): Promise<boolean>;
  /** Fails on a missing object and on one beyond `limitBytes`. */
  readBlob(id: ObjectId, limitBytes: number): Promise<Result<Uint8Array>>;
  readCommit(id: CommitId): Promise<Result<GitCommit>>;
  /**
   * First parents, newest first, from `tip` down to (and without) `until`, at most `limit`. Where `until` is not met the
   * list goes on to the root. A history cut off by a shallow clone is a failure, unless `limit` ended it first.
   */
  firstParents(
    tip: CommitId,
    options?: { readonly until?: CommitId; readonly limit?: number },
  ): Promise<Result<readonly CommitId[]>>;
}

/** A change of files relative to a commit's tree: text to write, or `null` to remove. */
export type FileChanges = ReadonlyMap<string, Uint8Array | null>;

export interface NewCommit {
  readonly parent: CommitId | undefined;
  readonly changes: FileChanges;
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  /** Seconds since 1970, UTC. */
  readonly at: number;
  /** Armoured SSHSIG over the commit object without the signature, namespace `git`. */
  readonly sign?: (commit: Uint8Array) => Promise<string>;
}

/** Bounds of a conversation with a remote. */
export interface RemoteOptions {
  /** Default five minutes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** How a compare-and-swap of refs ended. */
export type RefUpdate =
  | { readonly status: 'updated' }
  /** Somebody else moved a ref first: compute again on the new tip. */
  | { readonly status: 'raced'; readonly detail: string };

/** One ref of a compare-and-swap. */
export interface ReferenceUpdate {
  /** Full name below `refs/`. */
  readonly reference: string;
  /** What it must be now; nothing: it must not be there. */
  readonly expected: CommitId | undefined;
  /** What it is from then on; nothing: it goes. */
  readonly next: CommitId | undefined;
}

/**
 * Where records go: the repository itself, or the remote that it pushes to. Branches are named in short (`main`) or in
 * full (`refs/heads/main`), remotes by the name they have in the repository's configuration.
 */
export interface GitWriter {
  /**
   * Writes blobs, trees and the commit object; moves no ref. Gives nothing, and writes nothing, where the changes
   * leave the parent's tree as it is: there are no empty commits.
   */
  writeCommit(commit: NewCommit): Promise<Result<CommitId | undefined>>;
  /**
   * Moves a local branch by compare-and-swap. Where the branch is checked out, the files below `folder` are
   * brought into index and work tree with it; where one that changes is not clean, nothing moves and the failure names it.
   */
  advanceBranch(
    branch: string,
    expected: CommitId | undefined,
    next: CommitId,
    folder: string,
  ): Promise<Result<RefUpdate>>;
  /**
   * Looks ahead, before work is spent on records that could not be written: fails as {@link GitWriter.advanceBranch}
   * would where the branch is checked out and `folder` is not clean there. Takes back what an interrupted advance left.
   */
  checkBranch(branch: string, folder: string): Promise<Result<undefined>>;
  /** Whether an advance of a branch was killed on the way, or is under way now: one look at one file. */
  isAdvanceInterrupted(branch: string): Promise<boolean>;
  /** Fetches one branch of a remote; gives its tip, or nothing where the remote has no such branch. */
  fetchBranch(remote: string, branch: string, options?: RemoteOptions): Promise<Result<CommitId | undefined>>;
  /**
   * `push --atomic --force-with-lease=<branch>:<expected>`; moves no local branch. A refusal that another try may
   * overcome has `failure: 'transient'`; one that needs a person has `'stalled'` and names the cause.
   */
  pushBranch(
    remote: string,
    branch: string,
    expected: CommitId | undefined,
    next: CommitId,
    options?: RemoteOptions,
  ): Promise<Result<RefUpdate>>;
  /**
   * Creates, moves and removes refs of a remote, or of this repository, by compare-and-swap: all of them or none. Takes
   * no work tree along, so it is not for a branch that somebody may have checked out here. Failures as for `pushBranch`.
   */
  updateReferences(
    remote: string | undefined,
    updates: readonly ReferenceUpdate[],
    options?: RemoteOptions,
  ): Promise<Result<RefUpdate>>;
  /**
   * The refs below a prefix such as `refs/sandkiln/` of a remote, or of this repository, by full name. Fetches the
   * commits of those of a remote.
   */
  listReferences(
    remote: string | undefined,
    prefix: string,
    options?: RemoteOptions,
  ): Promise<Result<ReadonlyMap<string, CommitId>>>;
  /** The remote that HEAD's branch is set to follow, else `origin` where there is one. */
  defaultRemote(): Promise<string | undefined>;
}

/** Asks who changed what. */
export interface GitHistory {
  /**
   * Commits that changed one of the paths (files or folders), oldest first: those that `to` has and `from`, where there
   * is one, does not.
   */
  commitsTouching(
    range: { readonly from: CommitId | undefined; readonly to: CommitId },
    paths: readonly string[],
  ): Promise<Result<readonly CommitId[]>>;
}

/** Reads the work tree as it lies on disk. Both fail in a bare repository. */
export interface GitWorktree {
  /**
   * Tracked files that are there and untracked ones that no rule ignores, sorted by path in code-point order. Nothing
   * below the folder `except` is looked at.
   */
  listWorktree(except?: string): Promise<Result<readonly GitWorktreeFile[]>>;
  /** Bytes of a regular file; follows no symbolic link in any part of the path and reads no more than the limit. */
  readWorktreeFile(path: string, limitBytes: number): Promise<Result<Uint8Array>>;
}

export interface GitRepository extends GitObjects, GitHistory, GitWriter, GitWorktree, AsyncDisposable {
  /** The common git directory (shared by work trees). */
  readonly gitDirectory: string;
  /** Absent in a bare repository. */
  readonly workTree: string | undefined;
  readonly objectFormat: 'sha1' | 'sha256';
}
