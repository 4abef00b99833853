import { readHeadIn } from '../catalog/next-head.ts';
import { catalogFolder } from '../catalog/paths.ts';
import { assemblePlan } from './assemble-plan.ts';
import { columnsOf, type Row } from './columns.ts';
import { documentShelf } from './document-shelf.ts';
import { type DocumentsAgain, documentsAgain } from './documents-again.ts';
import { type Changes, findChanges } from './find-changes.ts';
import type { IncrementalInput } from './incremental-input.ts';
import { createKnownFiles } from './known-files.ts';
import { nextEntries } from './next-entries.ts';
import { matchRows, type PatchedColumns, replaceRows, rowAt } from './patched-columns.ts';
import { folderMode } from './path-reader.ts';
import { type PlannedAgain, planAgain } from './plan-again.ts';
import type { PlanAnswer } from './plan-answer.ts';
import {
  type DocumentField,
  documentFields,
  type FileField,
  type FolderField,
  type PlanTable,
  pathsOfCell,
  splitPath,
} from './plan-table.ts';
import { readPolicy } from './read-policy.ts';
import { desiredEntries, entryText, rootName } from './root-entries.ts';

export interface IncrementalPlan {
  readonly table: PlanTable;
  readonly answer: PlanAnswer;
}

/**
 * The plan of two commits, made from what is remembered of earlier ones: only what has another object id is read, and
 * only what depends on it is resolved and planned again. Nothing where anything is wrong with the desired state or the
 * catalog: then everything must be read, so that every finding is told.
 */
export async function incrementalPlan(input: IncrementalInput): Promise<IncrementalPlan | undefined> {
  const { git, kinds, table } = input;
  const files = createKnownFiles(git, input.desired, table.files);
  const shelf = documentShelf(git, kinds);
  const changes = await findChanges(input, files);
  if (changes === undefined) {
    return undefined;
  }
  const policy =
    changes.policy || table.policy === null ? await readPolicy(git, input.desired, kinds) : table.policy;
  const again = policy === undefined ? undefined : await documentsAgain(input, changes, shelf);
  const planned =
    policy === undefined || again === undefined
      ? undefined
      : await planAgain(input, changes, again, shelf, files, policy.spec);
  return policy === undefined || again === undefined || planned === undefined
    ? undefined
    : answered(input, { ...nextTable(input, changes, again, planned), policy });
}

function nextTable(
  input: IncrementalInput,
  changes: Changes,
  again: DocumentsAgain,
  planned: PlannedAgain,
): Omit<PlanTable, 'policy'> {
  const { table } = input;
  const documents = replaceRows(table.documents, new Set([...again.replaced, ...again.rewritten.keys()]), [
    ...planned.documents,
    rewrittenRows(table.documents, again),
  ]);
  const files = namedFiles(table, documents, planned);
  return {
    documents,
    entries: nextEntries(input, changes, again, planned.entries),
    files: matchRows(table.files, files),
    folders: matchRows(table.folders, folderRows(input, changes, files)),
  };
}

function rewrittenRows(documents: PatchedColumns<DocumentField>, { rewritten }: DocumentsAgain) {
  return columnsOf(
    documentFields,
    [...rewritten].map(([row, { path, id }]) => ({ ...rowAt(documents, row), ...splitPath(path), id })),
  );
}

/** The files that all documents name. */
function namedFiles(
  table: PlanTable,
  documents: PatchedColumns<DocumentField>,
  { files }: PlannedAgain,
): readonly Row<FileField>[] {
  const wanted = new Set(
    documents.rowsFilled('sources').flatMap((row) => pathsOfCell(documents.cell('sources', row))),
  );
  const standing = table.files
    .entries('path')
    .flatMap(([row, path]) => (wanted.has(path) && !files.has(path) ? [rowAt(table.files, row)] : []));
  return [...standing, ...files.values()];
}

function folderRows(
  { desired }: IncrementalInput,
  { folders }: Changes,
  files: readonly Row<FileField>[],
): readonly Row<FolderField>[] {
  const roots = new Set(files.map(({ path }) => rootName(path)));
  return [
    ...[...folders].map(([path, id]) => ({ path, id })),
    ...[...roots].map((name) => ({ path: `/${name}`, id: entryText(desired.root.get(name)) })),
  ];
}

async function answered(
  input: IncrementalInput,
  table: PlanTable & Pick<PlanAnswer, 'policy'>,
): Promise<IncrementalPlan | undefined> {
  const { policy, documents } = table;
  const catalog = input.catalog.root.get(catalogFolder);
  const head = catalog?.mode === folderMode ? await readHeadIn(input.git, catalog.id) : undefined;
  if (head?.ok === false) {
    return undefined;
  }
  const names = new Set([
    ...desiredEntries,
    ...table.files.entries('path').map(([, path]) => rootName(path)),
  ]);
  const [earliest = null] = documents
    .rowsFilled('validUntil')
    .map((row) => documents.cell('validUntil', row))
    .sort();
  return {
    table,
    answer: {
      status: 'planned',
      key: {
        desired: Object.fromEntries(
          [...names].map((name) => [name, entryText(input.desired.root.get(name))]),
        ),
        catalog: entryText(catalog),
      },
      validUntil: earliest,
      policy,
      head: head?.value?.head ?? null,
      ...assemblePlan(table, input.planners, input.safeguardsOf(policy)),
    },
  };
}
