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
  /** Committer time, seconds since 1970. */
  readonly committedAt: number;
  readonly message: string;
  /** Armoured SSHSIG and the exact bytes that it signs. */
  readonly signature?: { readonly armour: string; readonly signed: Uint8Array };
}

/** Reads the object database; never checks anything out, runs no hook and no filter. */
export interface GitObjects {
  resolveCommit(revision: string): Promise<Result<CommitId>>;
  head(): Promise<GitHead>;
  /** Blobs below the given paths, recursive, sorted by path; a path that is not there gives no rows. */
  listTree(commit: CommitId, paths: readonly string[]): Promise<Result<readonly GitTreeEntry[]>>;
  /** Name of the tree or blob at a path of a commit. */
  objectAt(commit: CommitId, path: string): Promise<ObjectId | undefined>;
  /** Fails on a missing object and on one beyond `limitBytes`. */
  readBlob(id: ObjectId, limitBytes: number): Promise<Result<Uint8Array>>;
  readCommit(id: CommitId): Promise<Result<GitCommit>>;
  /** First parents, newest first, from `tip` down to (and without) `until`, at most `limit`. */
  firstParents(tip: CommitId, options?: { readonly until?: CommitId; readonly limit?: number }): Promise<Result<readonly CommitId[]>>;
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

/** How a compare-and-swap of refs ended. */
export type RefUpdate =
  | { readonly status: 'updated' }
  /** Somebody else moved a ref first: compute again on the new tip. */
  | { readonly status: 'raced'; readonly detail: string };

/** Where records go: the repository itself, or the remote that it pushes to. */
export interface GitWriter {
  /** Writes blobs, trees and the commit object; moves no ref. */
  writeCommit(commit: NewCommit): Promise<Result<CommitId>>;
  /**
   * Moves a local branch by compare-and-swap. Where the branch is checked out, the files below `folder` are
   * brought into index and work tree with it; if they are not clean there, nothing moves and the failure says so.
   */
  advanceBranch(branch: string, expected: CommitId | undefined, next: CommitId, folder: string): Promise<Result<RefUpdate>>;
  /** Fetches one branch of a remote; gives its tip, or nothing where the remote has no such branch. */
  fetchBranch(remote: string, branch: string): Promise<Result<CommitId | undefined>>;
  /** `push --atomic --force-with-lease=<branch>:<expected>`; moves no local branch. */
  pushBranch(remote: string, branch: string, expected: CommitId | undefined, next: CommitId): Promise<Result<RefUpdate>>;
  /** The remote that HEAD's branch is set to follow, else `origin` where there is one. */
  defaultRemote(): Promise<string | undefined>;
}

export interface GitRepository extends GitObjects, GitWriter, AsyncDisposable {
  /** The common git directory (shared by work trees). */
  readonly gitDirectory: string;
  /** Absent in a bare repository. */
  readonly workTree: string | undefined;
  readonly objectFormat: 'sha1' | 'sha256';
}
