import type { GitFolderRow, ObjectId } from '../../adapters/git/git.ts';
import { digestOfBytes, hexOf } from '../../model/digest.ts';
import { type Result, success } from '../../model/result.ts';
import { catalogFolder, isResourceName } from '../catalog/paths.ts';
import type { Columns } from './columns.ts';
import { folderMode, type PathReader } from './path-reader.ts';
import { type EntryField, rememberedId } from './plan-table.ts';
import { rootName } from './root-entries.ts';

/** What has another folder in the catalog than is remembered. */
export interface CatalogChanges {
  /** New and changed entries. */
  readonly changed: readonly CatalogEntry[];
  /** Rows of remembered entries that changed or are gone. */
  readonly dropped: ReadonlySet<number>;
  /** `catalog`, `catalog/images/<hh>` and their trees; the same of other folders with entries. */
  readonly folders: ReadonlyMap<string, ObjectId>;
}

export interface CatalogEntry {
  /** `images/3f`. */
  readonly folder: string;
  readonly name: string;
  /** Tree of its own folder. */
  readonly id: ObjectId;
}

/** Goes into those folders `catalog/<kind's folder>/<hh>` whose tree is another one than before. */
export async function catalogChanges(
  reader: PathReader,
  kindFolders: readonly string[],
  entries: Columns<EntryField>,
  remembered: ReadonlyMap<string, string>,
): Promise<Result<CatalogChanges>> {
  const folders = new Map<string, ObjectId>();
  const root = reader.root.get(catalogFolder);
  if (root?.mode === folderMode) {
    folders.set(catalogFolder, root.id);
    if (remembered.get(catalogFolder) === root.id) {
      return success({ folders: allBelow(remembered), changed: [], dropped: new Set() });
    }
  }
  const opened = new Map<string, ObjectId>();
  for (const kindFolder of kindFolders) {
    const rows = await folderBelow(reader, kindFolder);
    if (!rows.ok) {
      return rows;
    }
    for (const { name, mode, id } of rows.value.values()) {
      const folder = `${kindFolder}/${name}`;
      if (mode === folderMode) {
        folders.set(`${catalogFolder}/${folder}`, id);
        if (remembered.get(`${catalogFolder}/${folder}`) !== id) {
          opened.set(folder, id);
        }
      }
    }
  }
  const current = new Map<string, CatalogEntry>();
  for (const [folder, tree] of opened) {
    const rows = await reader.folder(tree);
    if (!rows.ok) {
      return rows;
    }
    for (const { name, mode, id } of rows.value.values()) {
      if (mode === folderMode && isResourceName(name) && folder.endsWith(`/${prefixOf(name)}`)) {
        current.set(`${folder}/${name}`, { folder, name, id });
      }
    }
  }
  const stale = new Set(opened.keys());
  for (const path of remembered.keys()) {
    if (path.startsWith(`${catalogFolder}/`) && !folders.has(path)) {
      stale.add(path.slice(catalogFolder.length + 1));
    }
  }
  return success({ folders, ...compare(entries, current, stale) });
}

/** The catalog's folders as they are remembered. */
function allBelow(remembered: ReadonlyMap<string, string>): ReadonlyMap<string, ObjectId> {
  return new Map(
    [...remembered]
      .filter(([path]) => rootName(path) === catalogFolder)
      .map(([path, tree]) => [path, rememberedId(tree)]),
  );
}

/** The first two hex digits of the name's SHA-256. */
function prefixOf(name: string): string {
  return hexOf(digestOfBytes(name)).slice(0, 2);
}

function compare(
  entries: Columns<EntryField>,
  current: Map<string, CatalogEntry>,
  stale: ReadonlySet<string>,
): Pick<CatalogChanges, 'changed' | 'dropped'> {
  const dropped = new Set<number>();
  for (const row of [...stale].flatMap((folder) => entries.rowsWith('folder', folder))) {
    const path = `${entries.cell('folder', row)}/${entries.cell('name', row)}`;
    if (current.get(path)?.id === entries.cell('id', row)) {
      current.delete(path);
    } else {
      dropped.add(row);
    }
  }
  return { changed: [...current.values()], dropped };
}

/** The rows of `catalog/<name>`; none where there is no such folder. */
async function folderBelow(
  reader: PathReader,
  name: string,
): Promise<Result<ReadonlyMap<string, GitFolderRow>>> {
  const catalog = reader.root.get(catalogFolder);
  if (catalog?.mode !== folderMode) {
    return success(new Map());
  }
  const rows = await reader.folder(catalog.id);
  const below = rows.ok ? rows.value.get(name) : undefined;
  return below?.mode === folderMode ? reader.folder(below.id) : rows.ok ? success(new Map()) : rows;
}
