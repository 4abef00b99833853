import type { ObjectId } from '../../adapters/git/git.ts';
import { isDocument } from '../desired/load-desired.ts';
import { type CatalogChanges, catalogChanges } from './catalog-changes.ts';
import { type FolderChanges, walkFolders } from './folder-walk.ts';
import type { IncrementalInput } from './incremental-input.ts';
import type { KnownFiles } from './known-files.ts';
import { folderMode, type PathReader } from './path-reader.ts';
import { documentPath, type PlanTable, policyRows } from './plan-table.ts';
import type { DocumentBlob } from './read-subset.ts';
import { desiredEntries, entryText, rootName } from './root-entries.ts';

/** What two commits have that is not remembered as it is. */
export interface Changes {
  readonly documents: DocumentChanges;
  readonly images: CatalogChanges;
  /** Files that specs name and that are other ones now, or gone. */
  readonly files: ReadonlySet<string>;
  /** Whether `sandkiln.yaml` is another one, or not there any more. */
  readonly policy: boolean;
  /** Trees of all folders by path, to be remembered. */
  readonly folders: ReadonlyMap<string, ObjectId>;
}

export interface DocumentChanges {
  /** Remembered rows whose document is another one or gone. */
  readonly dropped: ReadonlySet<number>;
  /** New and changed documents. */
  readonly blobs: readonly DocumentBlob[];
}

const policyFile = 'sandkiln.yaml';

/** Compares trees with what is remembered. Nothing where something cannot be read, or is no plain file. */
export async function findChanges(
  { desired, catalog, table }: IncrementalInput,
  files: KnownFiles,
): Promise<Changes | undefined> {
  const remembered = new Map<string, string>();
  const ids = table.folders.column('id');
  for (const [row, path] of table.folders.column('path').entries()) {
    remembered.set(path, ids[row] ?? '');
  }
  const [folders, images] = await Promise.all([
    walkFolders(
      desired,
      desiredEntries.filter((name) => name !== policyFile),
      remembered,
    ),
    catalogChanges(catalog, table.images, remembered),
  ]);
  if (!folders.ok || !images.ok || !isPlain(desired, folders.value)) {
    return undefined;
  }
  return {
    documents: documentChanges(table, desired, folders.value),
    images: images.value,
    files: await touchedFiles(table, desired, files, remembered),
    policy: table.policy?.entry !== entryText(desired.root.get(policyFile)),
    folders: new Map([...folders.value.folders, ...images.value.folders]),
  };
}

function isPlain(desired: PathReader, { files }: FolderChanges): boolean {
  const policy = desired.root.get(policyFile);
  return [...files.values(), ...(policy === undefined ? [] : [policy])].every(
    ({ mode }) => mode === '100644' || mode === '100755' || mode === folderMode,
  );
}

function documentChanges(table: PlanTable, desired: PathReader, folders: FolderChanges): DocumentChanges {
  const current = new Map<string, ObjectId>();
  for (const { path, id } of folders.files.values()) {
    if (isDocument(path)) {
      current.set(path, id);
    }
  }
  const policy = desired.root.get(policyFile);
  if (policy !== undefined && policy.mode !== folderMode) {
    current.set(policyFile, policy.id);
  }
  const { documents } = table;
  const dropped = new Set<number>();
  const touched = [...folders.touched].flatMap((folder) => documents.rowsWith('folder', folder));
  for (const row of [...touched, ...policyRows(documents)]) {
    const path = documentPath(documents, row);
    if (current.get(path) === documents.cell('id', row)) {
      current.delete(path);
    } else {
      dropped.add(row);
    }
  }
  return { dropped, blobs: [...current].map(([path, id]) => ({ path, id })) };
}

/** Only what lies below a root entry that is another one is looked up. */
async function touchedFiles(
  { files }: PlanTable,
  desired: PathReader,
  known: KnownFiles,
  remembered: ReadonlyMap<string, string>,
): Promise<ReadonlySet<string>> {
  const ids = files.column('id');
  const modes = files.column('mode');
  const moved = [...files.column('path').entries()].filter(([, path]) => {
    const name = rootName(path);
    return remembered.get(`/${name}`) !== entryText(desired.root.get(name));
  });
  await known.look(moved.map(([, path]) => path));
  const touched = moved.filter(([row, path]) => {
    const entry = known.entryOf(path);
    return entry?.id !== ids[row] || entry?.mode !== modes[row];
  });
  return new Set(touched.map(([, path]) => path));
}
