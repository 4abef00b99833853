import { identityText } from '../../model/resource.ts';
import { type CatalogView, emptyCatalogView } from '../catalog/catalog-view.ts';
import type { CatalogPart } from '../plan/planner.ts';
import { batchesOf } from './batches-of.ts';
import type { CatalogEntry } from './catalog-changes.ts';
import type { Row } from './columns.ts';
import type { IncrementalInput } from './incremental-input.ts';
import type { EntryField } from './plan-table.ts';
import { rootName } from './root-entries.ts';

export type EntryRow = Omit<Row<EntryField>, 'orphan'>;

/** Reads entries of the catalog and notes rows of those that are new or changed. */
export interface EntryReader {
  /** What the catalog has of these identities (`Kind/name`), whatever kinds they are of. Nothing where a record is malformed. */
  read(identities: readonly string[]): Promise<CatalogView | undefined>;
  /** Reads the new and changed entries that nobody asked for; false where a record is malformed. */
  readRest(): Promise<boolean>;
  readonly rows: readonly EntryRow[];
}

/** Entries that are read at a time. */
const batchSize = 500;

export function createEntryReader(
  {
    planners,
    git,
    catalogCommit,
    catalog,
  }: Pick<IncrementalInput, 'planners' | 'git' | 'catalogCommit' | 'catalog'>,
  changed: readonly CatalogEntry[],
): EntryReader {
  const rows: EntryRow[] = [];
  const source = { git, commit: catalogCommit, reader: catalog };
  const kinds = new Map(planners.map(({ kind, catalogFolder }) => [catalogFolder, kind]));
  const unread = new Map(
    changed.map((entry) => [
      identityText({ kind: kinds.get(rootName(entry.folder)) ?? '', name: entry.name }),
      entry,
    ]),
  );
  return { rows, read, readRest };

  async function read(identities: readonly string[]): Promise<CatalogView | undefined> {
    let view = emptyCatalogView;
    for (const { kind, readCatalog } of planners) {
      const names = new Set(
        identities.flatMap((identity) =>
          identity.startsWith(`${kind}/`) ? [identity.slice(kind.length + 1)] : [],
        ),
      );
      if (names.size > 0) {
        const part = await readCatalog(source, [...names]);
        if (!part.ok) {
          return undefined;
        }
        note(kind, names, part.value);
        view = { ...view, ...part.value.view };
      }
    }
    return view;
  }

  function note(kind: string, names: ReadonlySet<string>, { active }: CatalogPart): void {
    for (const name of names) {
      const identity = identityText({ kind, name });
      const entry = unread.get(identity);
      const version = active.get(name);
      unread.delete(identity);
      if (entry !== undefined && version !== undefined) {
        rows.push({ ...entry, active: version ?? '' });
      }
    }
  }

  async function readRest(): Promise<boolean> {
    for (const identities of batchesOf([...unread.keys()], batchSize)) {
      if ((await read(identities)) === undefined) {
        return false;
      }
    }
    return true;
  }
}
