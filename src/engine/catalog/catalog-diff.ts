import type { GitFolderRow, GitObjects, ObjectId } from '../../adapters/git/git.ts';
import { type Result, success } from '../../model/result.ts';
import { folderMode } from './merkle.ts';

/** A file that two catalogs do not share. */
export interface FileDifference {
  readonly path: string;
  readonly before: GitFolderRow | undefined;
  readonly after: GitFolderRow | undefined;
}

/** Files that differ between two trees; reads only folders that do. */
export async function differences(
  git: GitObjects,
  before: ObjectId | undefined,
  after: ObjectId | undefined,
  path: string,
): Promise<Result<readonly FileDifference[]>> {
  if (before === after) {
    return success([]);
  }
  const old = await rowsOf(git, before);
  if (!old.ok) {
    return old;
  }
  const fresh = await rowsOf(git, after);
  if (!fresh.ok) {
    return fresh;
  }
  const found: FileDifference[] = [];
  for (const name of new Set([...old.value.keys(), ...fresh.value.keys()])) {
    const [left, right] = [split(old.value.get(name)), split(fresh.value.get(name))];
    const place = `${path}/${name}`;
    if (left.file?.id !== right.file?.id || left.file?.mode !== right.file?.mode) {
      found.push({ path: place, before: left.file, after: right.file });
    }
    const below = await differences(git, left.folder, right.folder, place);
    if (!below.ok) {
      return below;
    }
    for (const difference of below.value) {
      found.push(difference);
    }
  }
  return success(found);
}

function split(row: GitFolderRow | undefined): { readonly folder?: ObjectId; readonly file?: GitFolderRow } {
  return row === undefined ? {} : row.mode === folderMode ? { folder: row.id } : { file: row };
}

async function rowsOf(
  git: GitObjects,
  tree: ObjectId | undefined,
): Promise<Result<ReadonlyMap<string, GitFolderRow>>> {
  const rows = tree === undefined ? success([]) : await git.readFolder(tree);
  return rows.ok ? success(new Map<string, GitFolderRow>(rows.value.map((row) => [row.name, row]))) : rows;
}
