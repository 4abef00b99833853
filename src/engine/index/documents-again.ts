import { hash } from 'node:crypto';
import type { ObjectId } from '../../adapters/git/git.ts';
import { identityText, type ResourceDocument } from '../../model/resource.ts';
import { type DocumentGraph, documentGraph } from './document-graph.ts';
import type { DocumentShelf } from './document-shelf.ts';
import type { Changes } from './find-changes.ts';
import type { IncrementalInput } from './incremental-input.ts';
import { documentPath, pathsOfCell, referencesOfCell, rememberedId } from './plan-table.ts';
import type { DocumentBlob } from './read-subset.ts';

/** Documents that have to be looked at again. */
export interface DocumentsAgain {
  /** What others refer to stands before them. */
  readonly order: readonly AgainDocument[];
  /** Remembered documents that say what they said in another file or with other comments, and need no second look. */
  readonly rewritten: ReadonlyMap<number, DocumentBlob>;
  /** Remembered rows that do not count any more: changed, gone, or among the documents. */
  readonly replaced: ReadonlySet<number>;
  /** Remembered rows, but for those of documents that say something else or are gone. */
  readonly graph: DocumentGraph;
  /** Where a document is now, and identities of what it refers to; nothing where there is none. */
  documentOf(identity: string): Pick<AgainDocument, 'path' | 'id' | 'references'> | undefined;
}

export interface AgainDocument {
  /** `Kind/name`. */
  readonly identity: string;
  readonly path: string;
  readonly id: ObjectId;
  /** Identities of everything that it refers to. */
  readonly references: readonly string[];
  /** Short digest of what it says. */
  readonly value: string;
  /** What is remembered of the document with its identity. */
  readonly row: number | undefined;
}

/** Documents that are read at a time. */
const batchSize = 1000;

/**
 * What changed and all that depends on it, by documents, by named files, by the catalog or by time. On a document that
 * says what it said nothing depends but the places that changes and warnings tell. Nothing where there is an error.
 */
export async function documentsAgain(
  input: IncrementalInput,
  changes: Changes,
  shelf: DocumentShelf,
): Promise<DocumentsAgain | undefined> {
  const { documents } = input.table;
  const rows = new Map([...changes.documents.dropped].map((row) => [rowIdentity(input, row), row]));
  const read = await readDocuments(input, changes.documents.blobs, shelf, rows);
  if (read === undefined) {
    return undefined;
  }
  const isSame = ({ row, value }: AgainDocument) =>
    row !== undefined && documents.cell('value', row) === value;
  const same = new Map([...read.values()].filter(isSame).map((one) => [one.row ?? -1, one]));
  const fresh = new Map([...read].filter(([, one]) => !isSame(one)));
  const dropped = new Set([...changes.documents.dropped].filter((row) => !same.has(row)));
  const graph = documentGraph(documents, dropped);
  if ([...fresh.keys()].some((identity) => graph.rowOf(identity) !== undefined)) {
    // Two documents of one name: a finding.
    return undefined;
  }
  const seeds = [
    ...fresh.keys(),
    ...[...dropped].map(graph.identityOf),
    ...staleIdentities(input, changes, graph),
  ];
  const moved = [...same.values()].map(({ identity }) => identity);
  const again = new Set([
    ...graph.referrers(seeds),
    ...rowsOf(seeds, graph),
    ...[...graph.referrers(moved), ...same.keys()].filter(isTold),
  ]);
  return {
    order: referencesFirst([...fresh.values(), ...[...again].map(rememberedDocument)], documentOf),
    rewritten: new Map([...same].filter(([row]) => !again.has(row))),
    replaced: new Set([...dropped, ...again]),
    graph,
    documentOf,
  };

  function documentOf(identity: string): AgainDocument | undefined {
    const row = fresh.has(identity) ? undefined : graph.rowOf(identity);
    return fresh.get(identity) ?? (row === undefined ? undefined : rememberedDocument(row));
  }

  function isTold(row: number): boolean {
    return documents.cell('change', row) !== '' || documents.cell('warnings', row) !== '';
  }

  function blobOfRow(row: number): DocumentBlob {
    return (
      same.get(row) ?? { path: documentPath(documents, row), id: rememberedId(documents.cell('id', row)) }
    );
  }

  function rememberedDocument(row: number): AgainDocument {
    const { path, id } = blobOfRow(row);
    return {
      identity: graph.identityOf(row),
      path,
      id,
      references: referencesOfCell(documents.cell('references', row)),
      value: documents.cell('value', row),
      row,
    };
  }
}

function rowIdentity({ table: { documents } }: IncrementalInput, row: number): string {
  return identityText({ kind: documents.cell('kind', row), name: documents.cell('name', row) });
}

function rowsOf(identities: readonly string[], graph: DocumentGraph): readonly number[] {
  return identities.flatMap((identity) => graph.rowOf(identity) ?? []);
}

/** New and changed documents by identity. Nothing where one has findings, or two have one name. */
async function readDocuments(
  { kinds }: IncrementalInput,
  blobs: readonly DocumentBlob[],
  shelf: DocumentShelf,
  rows: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, AgainDocument> | undefined> {
  const kindsByName = new Map(kinds.map((kind) => [kind.name, kind]));
  const ids = new Map(blobs.map(({ path, id }) => [path, id]));
  const found = new Map<string, AgainDocument>();
  for (let start = 0; start < blobs.length; start += batchSize) {
    const read = await shelf.load(blobs.slice(start, start + batchSize));
    if (read === undefined) {
      return undefined;
    }
    for (const document of read.documents) {
      const identity = identityText(document.identity);
      const id = ids.get(document.file);
      if (id === undefined || found.has(identity)) {
        return undefined;
      }
      const references = kindsByName.get(document.identity.kind)?.references(document) ?? [];
      found.set(identity, {
        identity,
        path: document.file,
        id,
        references: references.map(identityText),
        value: valueDigest(document),
        row: rows.get(identity),
      });
    }
  }
  return found;
}

/** As many bits as git's own object ids have; the order of keys counts. */
function valueDigest({ identity, labels, spec }: ResourceDocument): string {
  return shortDigest(hash('sha256', JSON.stringify([identity, labels, spec])));
}

/** The first 160 bits of a digest in hexadecimal. */
export function shortDigest(hexadecimal: string): string {
  return hexadecimal.slice(0, 40);
}

/** Remembered documents, and entries of the catalog, that are not what they were. */
function staleIdentities(
  { table: { documents }, planners, now }: IncrementalInput,
  changes: Changes,
  graph: DocumentGraph,
): readonly string[] {
  const naming =
    changes.files.size === 0
      ? []
      : documents
          .rowsFilled('sources')
          .filter((row) =>
            pathsOfCell(documents.cell('sources', row)).some((path) => changes.files.has(path)),
          );
  const time = now.toISOString();
  const expired = documents
    .rowsFilled('validUntil')
    .filter((row) => documents.cell('validUntil', row) <= time);
  const judgedByPolicy = planners
    .filter(({ readsPolicy }) => readsPolicy && changes.policy)
    .flatMap(({ kind }) => documents.rowsWith('kind', kind));
  return [...changes.entries, ...[...naming, ...expired, ...judgedByPolicy].map(graph.identityOf)];
}

/**
 * Documents in an order in which those that they refer to, themselves or through others, stand before them; circles are
 * found when they are resolved.
 */
function referencesFirst(
  documents: readonly AgainDocument[],
  documentOf: (identity: string) => AgainDocument | undefined,
): readonly AgainDocument[] {
  const waiting = new Map(documents.map((document) => [document.identity, document]));
  const seen = new Set<string>();
  const order: AgainDocument[] = [];
  for (const start of documents) {
    const path = take(start.identity);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const next = step.remaining.pop();
      if (next === undefined) {
        order.push(...(waiting.has(step.document.identity) ? [step.document] : []));
        path.pop();
      } else {
        path.push(...take(next));
      }
    }
  }
  return order;

  function take(identity: string): { readonly document: AgainDocument; readonly remaining: string[] }[] {
    const document = seen.has(identity) ? undefined : (waiting.get(identity) ?? documentOf(identity));
    seen.add(identity);
    return document === undefined ? [] : [{ document, remaining: [...document.references] }];
  }
}
