import type { CommitId, FileChanges, GitFolderRow, GitObjects, ObjectId } from '../../adapters/git/git.ts';
import { type Digest, digestOfBytes } from '../../model/digest.ts';
import { type Result, success } from '../../model/result.ts';
import type { DigestMemo } from './digest-memo.ts';
import { inBatches } from './in-batches.ts';
import { emptyCatalogDigest, folderDigest, folderMode, type MerkleRow } from './merkle.ts';
import { catalogFolder, headPath } from './paths.ts';

/** Largest file of the catalog that is hashed. */
export const catalogFileLimitBytes = 64 * 1024 * 1024;

/**
 * Merkle digest of the catalog of a commit, with `changes` (paths from the repository's root) applied to it. Only
 * folders and files whose git object is not in the memo are read. Without a commit the catalog starts empty.
 */
export async function catalogDigest(input: {
  readonly git: GitObjects;
  readonly commit: CommitId | undefined;
  readonly changes?: FileChanges;
  readonly memo: DigestMemo;
}): Promise<Result<Digest>> {
  const root = input.commit === undefined ? undefined : await input.git.objectAt(input.commit, catalogFolder);
  return catalogDigestOfTree({ ...input, root });
}

/** The same from the tree object of `catalog/`. */
export async function catalogDigestOfTree(input: {
  readonly git: GitObjects;
  readonly root: ObjectId | undefined;
  readonly changes?: FileChanges;
  readonly memo: DigestMemo;
}): Promise<Result<Digest>> {
  const changes = changesBelow(input.changes ?? new Map());
  // The head is left out of what it names, so the top folder has no place in the memo.
  changes.set('head.json', null);
  const digest = await digestOfFolder(input.git, input.root, changes, input.memo);
  return digest.ok ? success(digest.value ?? emptyCatalogDigest()) : digest;
}

/** What to do with each name of a folder: bytes to write, `null` to remove, a map for changes further down. */
type FolderChanges = Map<string, Uint8Array | null | FolderChanges>;

function changesBelow(changes: FileChanges): FolderChanges {
  const root: FolderChanges = new Map();
  for (const [path, content] of changes) {
    const [top, ...names] = path.split('/');
    const last = names.pop();
    if (top !== catalogFolder || last === undefined || path === headPath) {
      continue;
    }
    let folder = root;
    for (const name of names) {
      const known = folder.get(name);
      const next: FolderChanges = known instanceof Map ? known : new Map();
      folder.set(name, next);
      folder = next;
    }
    folder.set(last, content);
  }
  return root;
}

/** Nothing where the folder ends up empty: git keeps no empty folders. */
async function digestOfFolder(
  git: GitObjects,
  tree: ObjectId | undefined,
  changes: FolderChanges | undefined,
  memo: DigestMemo,
): Promise<Result<Digest | undefined>> {
  const known = tree === undefined || changes !== undefined ? undefined : memo.get(tree);
  if (known !== undefined) {
    return success(known);
  }
  const listed = tree === undefined ? success([]) : await git.readFolder(tree);
  if (!listed.ok) {
    return listed;
  }
  const rows: MerkleRow[] = [];
  const before = new Map<string, GitFolderRow>(listed.value.map((row) => [row.name, row]));
  const names = [...new Set([...before.keys(), ...(changes?.keys() ?? [])])];
  for (const row of await inBatches(names, (name) =>
    digestOfRow(git, name, before.get(name), changes?.get(name), memo),
  )) {
    if (!row.ok) {
      return row;
    }
    if (row.value !== undefined) {
      rows.push(row.value);
    }
  }
  const digest = rows.length === 0 ? undefined : folderDigest(rows);
  if (tree !== undefined && changes === undefined && digest !== undefined) {
    memo.set(tree, digest);
  }
  return success(digest);
}

async function digestOfRow(
  git: GitObjects,
  name: string,
  row: GitFolderRow | undefined,
  change: Uint8Array | null | FolderChanges | undefined,
  memo: DigestMemo,
): Promise<Result<MerkleRow | undefined>> {
  if (change === null) {
    return success(undefined);
  }
  if (change instanceof Uint8Array) {
    return success({ mode: '100644', name, digest: digestOfBytes(change) });
  }
  if (change !== undefined || row?.mode === folderMode) {
    const tree = row?.mode === folderMode ? row.id : undefined;
    const digest = await digestOfFolder(git, tree, change, memo);
    if (!digest.ok) {
      return digest;
    }
    return success(digest.value === undefined ? undefined : { mode: folderMode, name, digest: digest.value });
  }
  if (row === undefined) {
    return success(undefined);
  }
  const digest = await digestOfFile(git, row, memo);
  return digest.ok ? success({ mode: row.mode, name, digest: digest.value }) : digest;
}

async function digestOfFile(git: GitObjects, row: GitFolderRow, memo: DigestMemo): Promise<Result<Digest>> {
  const known = memo.get(row.id);
  if (known !== undefined) {
    return success(known);
  }
  const bytes = await git.readBlob(row.id, catalogFileLimitBytes);
  if (!bytes.ok) {
    return bytes;
  }
  const digest = digestOfBytes(bytes.value);
  memo.set(row.id, digest);
  return success(digest);
}
