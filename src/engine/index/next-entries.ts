import { identityText } from '../../model/resource.ts';
import { columnsOf, type Row } from './columns.ts';
import type { DocumentsAgain } from './documents-again.ts';
import type { EntryRow } from './entry-reader.ts';
import type { Changes } from './find-changes.ts';
import type { IncrementalInput } from './incremental-input.ts';
import { type PatchedColumns, replaceRows, rowAt } from './patched-columns.ts';
import { type EntryField, entryFields } from './plan-table.ts';
import { rootName } from './root-entries.ts';

/** Names that are searched one by one; more of them are worth a look at every row. */
const fewNames = 64;

/** Entries of the catalog with those that changed, or whose document came or went, told anew. */
export function nextEntries(
  { table: { documents, entries }, planners }: IncrementalInput,
  changes: Changes,
  { order, graph }: DocumentsAgain,
  changed: readonly EntryRow[],
): PatchedColumns<EntryField> {
  const kinds = new Map(planners.map(({ kind, catalogFolder }) => [catalogFolder, kind]));
  const described = new Set(order.map(({ identity }) => identity));
  const orphanCell = (folder: string, name: string) => {
    const identity = identityText({ kind: kinds.get(rootName(folder)) ?? '', name });
    return described.has(identity) || graph.rowOf(identity) !== undefined ? '' : 'orphan';
  };
  const concerned = new Set([
    ...[...changes.documents.dropped].map((row) => documents.cell('name', row)),
    ...order.map(({ identity }) => identity.slice(identity.indexOf('/') + 1)),
  ]);
  const dropped = new Set(changes.catalog.dropped);
  const added: Row<EntryField>[] = changed.map((row) => ({
    ...row,
    orphan: orphanCell(row.folder, row.name),
  }));
  for (const row of rowsByName(entries, concerned)) {
    const orphan = orphanCell(entries.cell('folder', row), entries.cell('name', row));
    if (!dropped.has(row) && entries.cell('orphan', row) !== orphan) {
      dropped.add(row);
      added.push({ ...rowAt(entries, row), orphan });
    }
  }
  return replaceRows(entries, dropped, [columnsOf(entryFields, added)]);
}

function rowsByName(entries: PatchedColumns<EntryField>, names: ReadonlySet<string>): readonly number[] {
  return names.size <= fewNames
    ? [...names].flatMap((name) => entries.rowsWith('name', name))
    : entries.entries('name').flatMap(([row, name]) => (names.has(name) ? [row] : []));
}
