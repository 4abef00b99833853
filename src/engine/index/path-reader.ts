import type { GitFolderRow, GitObjects, ObjectId } from '../../adapters/git/git.ts';
import { type Result, success } from '../../model/result.ts';

/** A file, link or submodule of a commit; folders are none. */
export interface PathEntry {
  readonly path: string;
  readonly mode: string;
  readonly id: ObjectId;
}

export const folderMode = '040000';

/** Looks paths up in one commit's tree, and reads the folders on the way once, as long as they are not too many. */
export interface PathReader {
  /** Entries of the root by name. */
  readonly root: ReadonlyMap<string, GitFolderRow>;
  folder(tree: ObjectId): Promise<Result<ReadonlyMap<string, GitFolderRow>>>;
  /** What git lists at the path, or at the first part of it that is no folder; nothing where that is not there. */
  entryAt(path: string): Promise<Result<PathEntry | undefined>>;
}

const foldersKept = 2048;

/** A reader of the tree whose root has these rows. */
export function createPathReader(
  git: Pick<GitObjects, 'readFolder'>,
  rootRows: readonly GitFolderRow[],
): PathReader {
  const root = byName(rootRows);
  const folders = new Map<ObjectId, Promise<Result<ReadonlyMap<string, GitFolderRow>>>>();

  async function readRows(tree: ObjectId): Promise<Result<ReadonlyMap<string, GitFolderRow>>> {
    const rows = await git.readFolder(tree);
    return rows.ok ? success(byName(rows.value)) : rows;
  }

  function folder(tree: ObjectId): Promise<Result<ReadonlyMap<string, GitFolderRow>>> {
    const known = folders.get(tree);
    if (known !== undefined) {
      return known;
    }
    if (folders.size >= foldersKept) {
      folders.clear();
    }
    const read = readRows(tree);
    folders.set(tree, read);
    return read;
  }

  return {
    root,
    folder,
    async entryAt(path) {
      const steps = path.split('/');
      let rows: ReadonlyMap<string, GitFolderRow> = root;
      for (const [index, step] of steps.entries()) {
        const row = rows.get(step);
        if (row === undefined) {
          return success(undefined);
        }
        if (row.mode !== folderMode) {
          return success({ path: steps.slice(0, index + 1).join('/'), mode: row.mode, id: row.id });
        }
        const next = await folder(row.id);
        if (!next.ok) {
          return next;
        }
        rows = next.value;
      }
      return success(undefined);
    },
  };
}

function byName(rows: readonly GitFolderRow[]): ReadonlyMap<string, GitFolderRow> {
  return new Map(rows.map((row) => [row.name, row]));
}
