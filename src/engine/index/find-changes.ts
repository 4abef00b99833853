import type { ObjectId } from '../../adapters/git/git.ts';
import { identityText } from '../../model/resource.ts';
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
  /** `Kind/name` of everything in the catalog that is another one, new, or gone. */
  readonly entries: ReadonlySet<string>;
  readonly documents: DocumentChanges;
  readonly catalog: CatalogChanges;
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
export async function findChanges(input: IncrementalInput, files: KnownFiles): Promise<Changes | undefined> {
  const { desired, catalog, table, planners } = input;
  const remembered = new Map(
    table.folders.entries('path').map(([row, path]) => [path, table.folders.cell('id', row)]),
  );
  const [folders, entries] = await Promise.all([
    walkFolders(
      desired,
      desiredEntries.filter((name) => name !== policyFile),
      remembered,
    ),
    catalogChanges(
      catalog,
      planners.map(({ catalogFolder }) => catalogFolder),
      table.entries,
      remembered,
    ),
  ]);
  if (!folders.ok || !entries.ok || !isPlain(desired, folders.value)) {
    return undefined;
  }
  return {
    documents: documentChanges(table, desired, folders.value),
    catalog: entries.value,
    entries: changedEntries(input, entries.value),
    files: await touchedFiles(table, desired, files, remembered),
    policy: table.policy?.entry !== entryText(desired.root.get(policyFile)),
    folders: new Map([...folders.value.folders, ...entries.value.folders]),
  };
}

function changedEntries(
  { table, planners }: IncrementalInput,
  { changed, dropped }: CatalogChanges,
): ReadonlySet<string> {
  const kinds = new Map(planners.map(({ kind, catalogFolder }) => [catalogFolder, kind]));
  const identity = (folder: string, name: string) =>
    identityText({ kind: kinds.get(rootName(folder)) ?? '', name });
  return new Set([
    ...changed.map(({ folder, name }) => identity(folder, name)),
    ...[...dropped].map((row) =>
      identity(table.entries.cell('folder', row), table.entries.cell('name', row)),
    ),
  ]);
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
  const moved = files.entries('path').filter(([, path]) => {
    const name = rootName(path);
    return remembered.get(`/${name}`) !== entryText(desired.root.get(name));
  });
  await known.look(moved.map(([, path]) => path));
  const touched = moved.filter(([row, path]) => {
    const entry = known.entryOf(path);
    return entry?.id !== files.cell('id', row) || entry?.mode !== files.cell('mode', row);
  });
  return new Set(touched.map(([, path]) => path));
}
