import type { ObjectId } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { identityText, type ResolvedResource, type ResourceDocument } from '../../model/resource.ts';
import { type DocumentGraph, documentGraph } from './document-graph.ts';
import type { Changes } from './find-changes.ts';
import type { IncrementalInput } from './incremental-input.ts';
import type { KnownFiles } from './known-files.ts';
import { pathsOfCell, type RememberedPolicy } from './plan-table.ts';
import { policyOf } from './read-policy.ts';
import { documentBlobs, joinDocuments, readSubset, resolveSubset } from './read-subset.ts';

/** Resources that have to be looked at again, resolved. */
export interface ResolvedAgain {
  /** What others refer to stands before them. */
  readonly resources: readonly AgainResource[];
  /** Remembered rows that do not count any more: changed, gone, or among the resources. */
  readonly replaced: ReadonlySet<number>;
  /** Remembered rows, but for those of documents that changed or are gone. */
  readonly graph: DocumentGraph;
  readonly policy: RememberedPolicy;
}

export interface AgainResource {
  readonly resource: ResolvedResource;
  /** Blob of its document. */
  readonly blob: ObjectId;
  /** `Kind/name` of everything that it refers to. */
  readonly references: readonly string[];
  readonly warnings: readonly Diagnostic[];
}

/**
 * Resolves what changed and all that depends on it, by documents, by named files or by records of the catalog.
 * Documents that these are resolved with are read once more. Nothing where there is an error.
 */
export async function resolveAgain(
  input: IncrementalInput,
  changes: Changes,
  files: KnownFiles,
): Promise<ResolvedAgain | undefined> {
  const { table, kinds, git } = input;
  const { dropped } = changes.documents;
  const fresh = await readSubset(git, changes.documents.blobs, kinds);
  if (fresh === undefined) {
    return undefined;
  }
  const graph = documentGraph(table.documents, dropped);
  const freshNames = new Set(fresh.documents.map(({ identity }) => identityText(identity)));
  const seeds = [...freshNames, ...staleIdentities(input, changes, graph)];
  const again = new Set([...graph.referrers(seeds), ...seeds.flatMap((seed) => graph.rowOf(seed) ?? [])]);
  if (
    freshNames.size < fresh.documents.length ||
    [...freshNames].some((name) => graph.rowOf(name) !== undefined)
  ) {
    // Two documents of one name: a finding.
    return undefined;
  }
  const needed = graph.closure(
    [...fresh.documents.flatMap(referencesOfDocument), ...[...again].map(graph.identityOf)],
    freshNames,
  );
  const standing =
    needed === undefined ? undefined : await readSubset(git, documentBlobs(table, needed), kinds);
  if (standing === undefined) {
    return undefined;
  }
  const read = joinDocuments([fresh, standing]);
  const desired = await resolveSubset(read, kinds, files);
  if (desired === undefined) {
    return undefined;
  }
  const blobs = new Map(
    [...changes.documents.blobs, ...documentBlobs(table, again)].map(({ path, id }) => [path, id]),
  );
  const documents = new Map(read.documents.map((document) => [identityText(document.identity), document]));
  const resources = desired.order.flatMap(({ kind, name }): readonly AgainResource[] => {
    const document = documents.get(identityText({ kind, name }));
    const blob = document === undefined ? undefined : blobs.get(document.file);
    const resource = desired.resources.get(kind)?.get(name);
    return document === undefined || blob === undefined || resource === undefined
      ? []
      : [
          {
            resource,
            blob,
            references: referencesOfDocument(document),
            warnings: desired.warningsOf.get(identityText(document.identity)) ?? [],
          },
        ];
  });
  return {
    resources,
    replaced: new Set([...dropped, ...again]),
    graph,
    policy: changes.policy || table.policy === null ? policyOf(desired, input.desired) : table.policy,
  };

  function referencesOfDocument(document: ResourceDocument): readonly string[] {
    const kind = kinds.find(({ name }) => name === document.identity.kind);
    return (kind?.references(document) ?? []).map(identityText);
  }
}

/** Identities of remembered documents, and names of images, that are not what they were. */
function staleIdentities(
  { table, planners }: IncrementalInput,
  changes: Changes,
  graph: DocumentGraph,
): readonly string[] {
  const { documents } = table;
  const naming =
    changes.files.size === 0
      ? []
      : documents
          .rowsFilled('sources')
          .filter((row) =>
            pathsOfCell(documents.cell('sources', row)).some((path) => changes.files.has(path)),
          );
  const images = [
    ...changes.images.changed.keys(),
    ...[...changes.images.dropped].map((row) => table.images.cell('name', row)),
  ];
  return [
    ...[...changes.documents.dropped, ...naming].map(graph.identityOf),
    ...planners.flatMap(({ kind }) => images.map((name) => identityText({ kind, name }))),
  ];
}
