import { Buffer } from 'node:buffer';
import { type Digest, digestOfBytes, hexOf } from '../../model/digest.ts';
import { compareCodePoints } from '../../model/json.ts';
import { headPath } from './paths.ts';

/** One file of the catalog, by its path from the root of the repository. */
export interface CatalogFile {
  readonly path: string;
  /** As git writes it: `100644`. */
  readonly mode: string;
  /** SHA-256 over the content. */
  readonly digest: Digest;
}

/** One row of a folder, as it is hashed. */
export interface MerkleRow {
  /** `100644` for a file, `040000` for a folder. */
  readonly mode: string;
  readonly name: string;
  readonly digest: Digest;
}

export const folderMode = '040000';

/**
 * Digest of a folder: SHA-256 over the line `sandkiln-folder-v1` and one line `<mode> <64 hex digits> <name>` for each
 * row, sorted by the code points of the name. A name with a line break has no such form and is refused.
 */
export function folderDigest(rows: readonly MerkleRow[]): Digest {
  const lines = [...rows]
    .sort((left, right) => compareCodePoints(left.name, right.name))
    .map((row) => {
      if (/[\n\0]/.test(row.name)) {
        throw new TypeError(`a catalog name with a line break: ${JSON.stringify(row.name)}`);
      }
      return `${row.mode} ${hexOf(row.digest)} ${row.name}\n`;
    });
  return digestOfBytes(Buffer.from(`sandkiln-folder-v1\n${lines.join('')}`, 'utf8'));
}

/** Digest of an empty catalog. */
export function emptyCatalogDigest(): Digest {
  return folderDigest([]);
}

/**
 * Merkle digest of the catalog from all its files. `catalog/head.json`, which names the digest, is left out; so are
 * paths outside of `catalog/`.
 */
export function merkleDigest(files: readonly CatalogFile[]): Digest {
  const root: Branch = { files: [], folders: new Map() };
  for (const file of files) {
    const [top, ...names] = file.path.split('/');
    const name = names.pop();
    if (top !== 'catalog' || name === undefined || file.path === headPath) {
      continue;
    }
    branchAt(root, names).files.push({ mode: file.mode, name, digest: file.digest });
  }
  return digestOfBranch(root);
}

interface Branch {
  readonly files: MerkleRow[];
  readonly folders: Map<string, Branch>;
}

function branchAt(root: Branch, names: readonly string[]): Branch {
  return names.reduce((branch, name) => {
    const known = branch.folders.get(name);
    if (known !== undefined) {
      return known;
    }
    const made: Branch = { files: [], folders: new Map() };
    branch.folders.set(name, made);
    return made;
  }, root);
}

function digestOfBranch(branch: Branch): Digest {
  const folders = [...branch.folders].map(([name, child]) => ({
    mode: folderMode,
    name,
    digest: digestOfBranch(child),
  }));
  return folderDigest([...branch.files, ...folders]);
}
