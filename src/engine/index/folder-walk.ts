import type { ObjectId } from '../../adapters/git/git.ts';
import { type Result, success } from '../../model/result.ts';
import { folderMode, type PathEntry, type PathReader } from './path-reader.ts';
import { rememberedId } from './plan-table.ts';
import { rootName } from './root-entries.ts';

/** What differs below some folders from what is remembered of them. */
export interface FolderChanges {
  /** Files that lie in folders with another tree than before, by path. Files elsewhere are as they were. */
  readonly files: ReadonlyMap<string, PathEntry>;
  /** Folders that have another tree than before, are new, or are gone. */
  readonly touched: ReadonlySet<string>;
  /** Trees of all folders, by path. */
  readonly folders: ReadonlyMap<string, ObjectId>;
}

/** Walks the folders of the root that have these names, and goes only into those whose tree is another one than before. */
export async function walkFolders(
  reader: PathReader,
  names: readonly string[],
  remembered: ReadonlyMap<string, string>,
): Promise<Result<FolderChanges>> {
  const files = new Map<string, PathEntry>();
  const folders = new Map<string, ObjectId>();
  const unchanged = new Set<string>();
  let level: [path: string, tree: ObjectId][] = [];
  const meet = (path: string, tree: ObjectId) => {
    folders.set(path, tree);
    if (remembered.get(path) === tree) {
      unchanged.add(path);
    } else {
      level.push([path, tree]);
    }
  };
  for (const name of names) {
    const row = reader.root.get(name);
    if (row?.mode === folderMode) {
      meet(name, row.id);
    } else if (row !== undefined) {
      files.set(name, { path: name, mode: row.mode, id: row.id });
    }
  }
  while (level.length > 0) {
    const current = level;
    level = [];
    const read = await Promise.all(current.map(([, tree]) => reader.folder(tree)));
    for (const [index, rows] of read.entries()) {
      if (!rows.ok) {
        return rows;
      }
      for (const row of rows.value.values()) {
        const path = `${current[index]?.[0]}/${row.name}`;
        if (row.mode === folderMode) {
          meet(path, row.id);
        } else {
          files.set(path, { path, mode: row.mode, id: row.id });
        }
      }
    }
  }
  const standing = new Map<string, boolean>();
  const touched = new Set([...folders.keys()].filter((path) => !unchanged.has(path)));
  for (const [path, tree] of remembered) {
    if (names.includes(rootName(path)) && !folders.has(path)) {
      if (isStanding(path)) {
        folders.set(path, rememberedId(tree));
      } else {
        touched.add(path);
      }
    }
  }
  return success({ files, folders, touched });

  /** Whether a folder or one above it has the tree that is remembered. */
  function isStanding(path: string): boolean {
    const known = standing.get(path);
    if (known !== undefined) {
      return known;
    }
    const slash = path.lastIndexOf('/');
    const is = unchanged.has(path) || (slash !== -1 && isStanding(path.slice(0, slash)));
    standing.set(path, is);
    return is;
  }
}
