import type { GitFolderRow, ObjectId } from '../../adapters/git/git.ts';
import { type Result, success } from '../../model/result.ts';
import { catalogFolder, parseCatalogPath } from '../catalog/paths.ts';
import type { Columns } from './columns.ts';
import { folderMode, type PathReader } from './path-reader.ts';
import type { ImageField } from './plan-table.ts';

/** Which images have another folder in the catalog than is remembered. */
export interface CatalogChanges {
  /** New and changed images by name: the folder of `catalog/images/` that they are in, and the tree of their own. */
  readonly changed: ReadonlyMap<string, { readonly prefix: string; readonly id: ObjectId }>;
  /** Rows of remembered images that changed or are gone. */
  readonly dropped: ReadonlySet<number>;
  /** `catalog/images/<hh>` and its tree. */
  readonly folders: ReadonlyMap<string, ObjectId>;
}

/** Goes into those folders of `catalog/images/` whose tree is another one than before. */
export async function catalogChanges(
  reader: PathReader,
  images: Columns<ImageField>,
  remembered: ReadonlyMap<string, string>,
): Promise<Result<CatalogChanges>> {
  const top = await imagesFolder(reader);
  if (!top.ok) {
    return top;
  }
  const folders = new Map<string, ObjectId>();
  const opened = new Map<string, ObjectId>();
  for (const { name, mode, id } of top.value.values()) {
    if (mode === folderMode) {
      folders.set(`catalog/images/${name}`, id);
      if (remembered.get(`catalog/images/${name}`) !== id) {
        opened.set(name, id);
      }
    }
  }
  const current = new Map<string, { readonly prefix: string; readonly id: ObjectId }>();
  for (const [prefix, tree] of opened) {
    const rows = await reader.folder(tree);
    if (!rows.ok) {
      return rows;
    }
    for (const { name, mode, id } of rows.value.values()) {
      const path = parseCatalogPath(`catalog/images/${prefix}/${name}/state.json`);
      if (mode === folderMode && path?.holds === 'image-state') {
        current.set(name, { prefix, id });
      }
    }
  }
  const stale = new Set(opened.keys());
  for (const path of remembered.keys()) {
    const prefix = /^catalog\/images\/([^/]+)$/.exec(path)?.[1];
    if (prefix !== undefined && !folders.has(path)) {
      stale.add(prefix);
    }
  }
  return success({ folders, ...compare(images, current, stale) });
}

function compare(
  images: Columns<ImageField>,
  current: Map<string, { readonly prefix: string; readonly id: ObjectId }>,
  stalePrefixes: ReadonlySet<string>,
) {
  const dropped = new Set<number>();
  for (const row of [...stalePrefixes].flatMap((prefix) => images.rowsWith('prefix', prefix))) {
    const name = images.cell('name', row);
    if (current.get(name)?.id === images.cell('id', row)) {
      current.delete(name);
    } else {
      dropped.add(row);
    }
  }
  return { changed: current, dropped };
}

/** The rows of `catalog/images/`; none where there is no such folder. */
async function imagesFolder(reader: PathReader): Promise<Result<ReadonlyMap<string, GitFolderRow>>> {
  const catalog = reader.root.get(catalogFolder);
  if (catalog?.mode !== folderMode) {
    return success(new Map());
  }
  const rows = await reader.folder(catalog.id);
  const images = rows.ok ? rows.value.get('images') : undefined;
  return images?.mode === folderMode ? reader.folder(images.id) : rows.ok ? success(new Map()) : rows;
}
