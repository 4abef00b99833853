import { asDigest, hexOf } from '../../model/digest.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Change } from '../../model/plan.ts';
import { namedPaths } from '../plan/named-files.ts';
import type { Planner } from '../plan/planner.ts';
import { batchesOf } from './batches-of.ts';
import { columnsOf, type FlatColumns, type Row } from './columns.ts';
import type { DocumentShelf } from './document-shelf.ts';
import { type DocumentsAgain, shortDigest } from './documents-again.ts';
import { createEntryReader, type EntryRow } from './entry-reader.ts';
import type { Changes } from './find-changes.ts';
import type { IncrementalInput } from './incremental-input.ts';
import { isReadablePath, type KnownFiles } from './known-files.ts';
import { type DocumentField, documentFields, type FileField, listCell, splitPath } from './plan-table.ts';
import { referencesBehind } from './references-behind.ts';
import { type AgainResource, resolveBatch } from './resolve-batch.ts';

/** What resolving and planning some documents again gave. */
export interface PlannedAgain {
  /** Their rows, a batch after the other. */
  readonly documents: readonly FlatColumns<DocumentField>[];
  /** Rows of what is new or changed in the catalog. */
  readonly entries: readonly EntryRow[];
  /** Repository files that the documents name, by path. */
  readonly files: ReadonlyMap<string, Row<FileField>>;
}

/** What a document becomes, and records even more so, is many times as large as its row: only one batch is held. */
const batchSize = 500;

/**
 * Resolves documents again, plans those for which something is other than before, and reads everything that is new in the
 * catalog. Nothing where there is an error.
 */
export async function planAgain(
  input: IncrementalInput,
  changes: Changes,
  again: DocumentsAgain,
  shelf: DocumentShelf,
  known: KnownFiles,
  policy: JsonObject,
): Promise<PlannedAgain | undefined> {
  const { planners, table, now } = input;
  const documents: FlatColumns<DocumentField>[] = [];
  const files = new Map<string, Row<FileField>>();
  const entries = createEntryReader(input, changes.catalog.changed);
  const behind = referencesBehind(again, new Set(planners.map(({ kind }) => kind)));
  const referredTo = new Set(again.order.flatMap(behind));
  /** Changes of documents that others refer to. */
  const changeOf = new Map<string, Change>();
  /** Documents that have another change than before, or may yet have one. */
  const moving = new Set<string>();
  for (const batch of batchesOf(again.order, batchSize)) {
    const resources = await resolveBatch(batch, again, shelf, input.kinds, known);
    if (resources === undefined || !(await lookAtFiles(resources))) {
      return undefined;
    }
    for (const planner of planners) {
      const own = resources.filter(({ resource }) => resource.identity.kind === planner.kind);
      if (!(await plan(planner, own))) {
        return undefined;
      }
    }
    const planned = new Set(planners.map(({ kind }) => kind));
    const others = resources.filter(({ resource }) => !planned.has(resource.identity.kind));
    documents.push(rowsOf(others, new Map(), new Map()));
  }
  return (await entries.readRest()) ? { documents, entries: entries.rows, files } : undefined;

  async function lookAtFiles(resources: readonly AgainResource[]): Promise<boolean> {
    const paths = new Set(resources.flatMap(({ resource }) => namedPaths(resource)));
    const rows = [...paths].every(isReadablePath) ? await known.rows(paths) : undefined;
    for (const row of rows?.ok === true ? rows.value : []) {
      files.set(row.path, row);
    }
    return rows?.ok === true && rows.value.length === paths.size;
  }

  /** Plans those of one kind and a batch. */
  async function plan(planner: Planner, own: readonly AgainResource[]): Promise<boolean> {
    const asked: AgainResource[] = [];
    const standing: AgainResource[] = [];
    for (const one of own) {
      if (!(planner.readsPolicy && changes.policy) && isStanding(one)) {
        standing.push(one);
      } else {
        asked.push(one);
        moving.add(one.document.identity);
      }
    }
    const catalog = await entries.read(
      asked.flatMap(({ document }) => [document.identity, ...behind(document)]),
    );
    if (catalog === undefined) {
      return false;
    }
    const planned = planner.planSome({
      resources: asked.map(({ resource }) => resource),
      earlier: earlierChanges(asked),
      files: new Map(
        asked
          .flatMap(({ resource }) => namedPaths(resource))
          .map((path) => [path, asDigest(files.get(path)?.digest ?? '')]),
      ),
      catalog,
      policy,
      now,
    });
    const before = new Map(
      standing.map((one) => [one.resource.identity.name, cellBefore(one, 'validUntil') ?? '']),
    );
    documents.push(rowsOf(own, planned.changes, new Map([...before, ...planned.validUntil])));
    for (const one of asked) {
      const change = planned.changes.get(one.resource.identity.name);
      const { identity } = one.document;
      if (changeCell(change) === cellBefore(one, 'change')) {
        moving.delete(identity);
      }
      if (change !== undefined && referredTo.has(identity)) {
        changeOf.set(identity, change);
      }
    }
    return true;
  }

  /** Whether a document had no change, and nothing that its plan follows from is another one than before. */
  function isStanding(one: AgainResource): boolean {
    const { identity } = one.document;
    const until = cellBefore(one, 'validUntil');
    return (
      cellBefore(one, 'change') === '' &&
      cellBefore(one, 'digest') === digestCell(one) &&
      (until === '' || (until !== undefined && until > now.toISOString())) &&
      [identity, ...behind(one.document)].every((name) => !changes.entries.has(name) && !moving.has(name)) &&
      namedPaths(one.resource).every((path) => !changes.files.has(path))
    );
  }

  function cellBefore({ document: { row } }: AgainResource, field: DocumentField): string | undefined {
    return row === undefined ? undefined : table.documents.cell(field, row);
  }

  /** Changes of what some documents refer to: of earlier batches and kinds, or remembered ones. */
  function earlierChanges(asked: readonly AgainResource[]): ReadonlyMap<string, Change> {
    const own = new Set(asked.map(({ document }) => document.identity));
    const earlier = new Map<string, Change>();
    for (const reference of new Set(asked.flatMap(({ document }) => behind(document)))) {
      const row = again.graph.rowOf(reference);
      const cell = row === undefined || again.replaced.has(row) ? '' : table.documents.cell('change', row);
      // A cell was written by this index from a change.
      const change = changeOf.get(reference) ?? (cell === '' ? undefined : (JSON.parse(cell) as Change));
      if (change !== undefined && !own.has(reference)) {
        earlier.set(reference, change);
      }
    }
    return earlier;
  }
}

/** Rows of documents with what their planner said, by name. */
function rowsOf(
  resources: readonly AgainResource[],
  changes: ReadonlyMap<string, Change>,
  validUntil: ReadonlyMap<string, string>,
): FlatColumns<DocumentField> {
  return columnsOf(
    documentFields,
    resources.map((one): Row<DocumentField> => {
      const { identity, spec } = one.resource;
      const { path, id, references, value } = one.document;
      return {
        ...splitPath(path),
        id,
        kind: identity.kind,
        name: identity.name,
        references: references.length === 0 ? '' : ` ${references.join(' ')} `,
        sources: listCell(namedPaths(one.resource)),
        version: typeof spec['version'] === 'string' ? spec['version'] : '',
        value,
        digest: digestCell(one),
        warnings: listCell(one.warnings),
        change: changeCell(changes.get(identity.name)),
        validUntil: validUntil.get(identity.name) ?? '',
      };
    }),
  );
}

function digestCell({ resource }: AgainResource): string {
  return shortDigest(hexOf(resource.digest));
}

function changeCell(change: Change | undefined): string {
  return change === undefined ? '' : JSON.stringify(change);
}
