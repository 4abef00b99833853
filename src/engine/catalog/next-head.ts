import type { CommitId, FileChanges, GitObjects, ObjectId } from '../../adapters/git/git.ts';
import type { Signer } from '../../adapters/signer/signer.ts';
import { type Result, success } from '../../model/result.ts';
import { catalogDigest, catalogFileLimitBytes } from './catalog-digest.ts';
import type { DigestMemo } from './digest-memo.ts';
import { followingHead, type ReadHead, readHead, signHead } from './head.ts';
import { catalogFolder } from './paths.ts';

/**
 * The bytes of the `catalog/head.json` that belong in a commit on top of `parent` with `changes`; nothing where the
 * catalog stays the same and its head is good for longer. Fails where the parent's catalog or head cannot be read.
 */
export async function nextHead(input: {
  readonly git: GitObjects;
  /** Tip that the new commit will have as its parent; absent in a repository without commits. */
  readonly parent: CommitId | undefined;
  /** Paths from the repository's root; those outside of `catalog/` are left alone. */
  readonly changes: FileChanges;
  readonly desiredCommit: CommitId;
  /** Version of the trust that the parent holds. */
  readonly trustVersion: number;
  readonly signers: readonly Signer[];
  readonly now: Date;
  readonly validityMs?: number;
  readonly memo: DigestMemo;
}): Promise<Result<Uint8Array | undefined>> {
  const previous = await readHeadAt(input.git, input.parent);
  if (!previous.ok) {
    return previous;
  }
  const digest = await catalogDigest({
    git: input.git,
    commit: input.parent,
    changes: input.changes,
    memo: input.memo,
  });
  if (!digest.ok) {
    return digest;
  }
  const head = followingHead({ ...input, previous: previous.value, catalogDigest: digest.value });
  return success(head === undefined ? undefined : await signHead(digest.value, head, ...input.signers));
}

/** The head in a commit's catalog, not verified; nothing where there is none. */
export async function readHeadAt(
  git: GitObjects,
  commit: CommitId | undefined,
): Promise<Result<ReadHead | undefined>> {
  const catalog = commit === undefined ? undefined : await git.objectAt(commit, catalogFolder);
  return catalog === undefined ? success(undefined) : readHeadIn(git, catalog);
}

/** The same from the tree object of `catalog/`. A head that is no plain file counts as none. */
export async function readHeadIn(git: GitObjects, catalog: ObjectId): Promise<Result<ReadHead | undefined>> {
  const rows = await git.readFolder(catalog);
  if (!rows.ok) {
    return rows;
  }
  const row = rows.value.find((one) => one.name === 'head.json' && one.mode === '100644');
  const bytes = row === undefined ? undefined : await git.readBlob(row.id, catalogFileLimitBytes);
  return bytes === undefined ? success(undefined) : bytes.ok ? readHead(bytes.value) : bytes;
}
