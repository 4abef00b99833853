import type { Change } from '../../model/plan.ts';
import { identityText } from '../../model/resource.ts';
import { readHeadIn } from '../catalog/next-head.ts';
import { catalogFolder } from '../catalog/paths.ts';
import { namedPaths } from '../plan/named-files.ts';
import { assemblePlan } from './assemble-plan.ts';
import { type Columns, columnsOf, type Row, replaceRows, rowAt } from './columns.ts';
import { type Changes, findChanges } from './find-changes.ts';
import type { IncrementalInput } from './incremental-input.ts';
import { createKnownFiles, type KnownFiles } from './known-files.ts';
import { folderMode } from './path-reader.ts';
import { planAgain } from './plan-again.ts';
import type { PlanAnswer } from './plan-answer.ts';
import {
  documentFields,
  type FileField,
  fileFields,
  folderFields,
  type ImageField,
  imageFields,
  listCell,
  type PlanTable,
  pathsOfCell,
} from './plan-table.ts';
import { type AgainResource, type ResolvedAgain, resolveAgain } from './resolve-again.ts';
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
  const files = createKnownFiles(input.git, input.desired, input.table.files);
  const changes = await findChanges(input, files);
  const again = changes === undefined ? undefined : await resolveAgain(input, changes, files);
  const table =
    changes === undefined || again === undefined ? undefined : await nextTable(input, changes, again, files);
  return table === undefined ? undefined : answered(input, table);
}

async function nextTable(
  input: IncrementalInput,
  changes: Changes,
  again: ResolvedAgain,
  files: KnownFiles,
): Promise<PlanTable | undefined> {
  const { table } = input;
  const named = await namedFiles(table, again, changes, files);
  const planned = named === undefined ? undefined : await planAgain(input, changes, again, named);
  if (named === undefined || planned === undefined) {
    return undefined;
  }
  return {
    documents: replaceRows(
      table.documents,
      documentFields,
      again.replaced,
      again.resources.map((one) => documentRow(one, planned.changes.get(one))),
    ),
    images: nextImages(input, changes, again, planned.images),
    files: columnsOf(fileFields, named),
    folders: columnsOf(folderFields, folderRows(input, changes, named)),
    policy: again.policy,
  };
}

/** Images with those that changed in the catalog, or whose document came or went, told anew. */
function nextImages(
  { table, planners }: IncrementalInput,
  changes: Changes,
  { resources, graph }: ResolvedAgain,
  changed: readonly Omit<Row<ImageField>, 'orphanOf'>[],
): Columns<ImageField> {
  const { documents, images } = table;
  const described = new Set(resources.map(({ resource }) => identityText(resource.identity)));
  const orphanOf = (name: string) =>
    planners
      .map(({ kind }) => kind)
      .filter((kind) => {
        const identity = identityText({ kind, name });
        return !described.has(identity) && graph.rowOf(identity) === undefined;
      })
      .join(' ');
  const concerned = new Set([
    ...[...changes.documents.dropped].map((row) => documents.cell('name', row)),
    ...resources.map(({ resource }) => resource.identity.name),
  ]);
  const dropped = new Set(changes.images.dropped);
  const added = changed.map((row) => ({ ...row, orphanOf: orphanOf(row.name) }));
  const rows = rowsByName(images, concerned);
  for (const [name, row] of rows) {
    if (!dropped.has(row) && images.cell('orphanOf', row) !== orphanOf(name)) {
      dropped.add(row);
      added.push({ ...rowAt(images, imageFields, row), orphanOf: orphanOf(name) });
    }
  }
  return replaceRows(table.images, imageFields, dropped, added);
}

/** Rows of these images: searched one by one where they are few. */
function rowsByName(
  images: Columns<ImageField>,
  names: ReadonlySet<string>,
): readonly (readonly [string, number])[] {
  return names.size <= fewNames
    ? [...names].flatMap((name) => images.rowsWith('name', name).map((row) => [name, row] as const))
    : [...images.column('name').entries()].flatMap(([row, name]) =>
        names.has(name) ? [[name, row] as const] : [],
      );
}

const fewNames = 64;

/** The files that all documents name: remembered ones where nothing changed, else looked up. */
async function namedFiles(
  table: PlanTable,
  again: ResolvedAgain,
  changes: Changes,
  files: KnownFiles,
): Promise<readonly Row<FileField>[] | undefined> {
  const wanted = new Set([
    ...table.documents
      .rowsFilled('sources')
      .flatMap((row) => (again.replaced.has(row) ? [] : pathsOfCell(table.documents.cell('sources', row)))),
    ...again.resources.flatMap(({ resource }) => namedPaths(resource)),
  ]);
  const rows: Row<FileField>[] = [];
  for (const [row, path] of table.files.column('path').entries()) {
    if (wanted.has(path) && !changes.files.has(path)) {
      rows.push(rowAt(table.files, fileFields, row));
      wanted.delete(path);
    }
  }
  const found = [...wanted].every(isReadable) ? await files.rows(wanted) : undefined;
  return found?.ok === true && found.value.length === wanted.size ? [...rows, ...found.value] : undefined;
}

/** Other paths are findings of `SourceTree.sourceFile`. */
function isReadable(path: string): boolean {
  return rootName(path) !== catalogFolder && !/[\u0000\\]/.test(path);
}

function documentRow(one: AgainResource, change: Change | undefined): Row<(typeof documentFields)[number]> {
  const { identity, file, spec } = one.resource;
  return {
    ...splitPath(file),
    id: one.blob,
    kind: identity.kind,
    name: identity.name,
    references: one.references.length === 0 ? '' : ` ${one.references.join(' ')} `,
    sources: listCell(namedPaths(one.resource)),
    version: typeof spec['version'] === 'string' ? spec['version'] : '',
    warnings: listCell(one.warnings),
    change: change === undefined ? '' : JSON.stringify(change),
  };
}

function splitPath(path: string): { readonly folder: string; readonly file: string } {
  const slash = path.lastIndexOf('/');
  return { folder: path.slice(0, Math.max(slash, 0)), file: path.slice(slash + 1) };
}

function folderRows({ desired }: IncrementalInput, { folders }: Changes, files: readonly Row<FileField>[]) {
  const roots = new Set(files.map(({ path }) => rootName(path)));
  return [
    ...[...folders].map(([path, id]) => ({ path, id })),
    ...[...roots].map((name) => ({ path: `/${name}`, id: entryText(desired.root.get(name)) })),
  ];
}

async function answered(input: IncrementalInput, table: PlanTable): Promise<IncrementalPlan | undefined> {
  const { policy } = table;
  const catalog = input.catalog.root.get(catalogFolder);
  const head = catalog?.mode === folderMode ? await readHeadIn(input.git, catalog.id) : undefined;
  if (policy === null || head?.ok === false) {
    return undefined;
  }
  const names = new Set([...desiredEntries, ...table.files.column('path').map(rootName)]);
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
      validUntil: null,
      policy,
      head: head?.value?.head ?? null,
      ...assemblePlan(table, input.planners, input.safeguardsOf(policy)),
    },
  };
}
