import { asDigest } from '../../model/digest.ts';
import type { Change } from '../../model/plan.ts';
import { identityText } from '../../model/resource.ts';
import type { Planner } from '../plan/planner.ts';
import type { Row } from './columns.ts';
import type { Changes } from './find-changes.ts';
import type { IncrementalInput } from './incremental-input.ts';
import type { FileField, ImageField } from './plan-table.ts';
import { readImages } from './read-images.ts';
import type { AgainResource, ResolvedAgain } from './resolve-again.ts';

/** What planning some resources again gave. */
export interface PlannedAgain {
  readonly changes: ReadonlyMap<AgainResource, Change>;
  /** Rows of the images that are new or changed in the catalog. */
  readonly images: readonly Omit<Row<ImageField>, 'orphanOf'>[];
}

/** Records are many times as large as what comes of them, so that only those of one batch are held at a time. */
const batchSize = 500;

/**
 * Plans resources again, what they refer to first, and reads every image that is new in the catalog. Nothing where a
 * record is malformed.
 */
export async function planAgain(
  input: IncrementalInput,
  changes: Changes,
  again: ResolvedAgain,
  files: readonly Row<FileField>[],
): Promise<PlannedAgain | undefined> {
  const { planners, git, catalogCommit, catalog } = input;
  const digests = new Map(files.map(({ path, digest }) => [path, asDigest(digest)]));
  const planned = new Map<AgainResource, Change>();
  const changeOf = new Map<string, Change>();
  const images: Omit<Row<ImageField>, 'orphanOf'>[] = [];
  const unread = new Map(changes.images.changed);
  for (const planner of planners) {
    const own = again.resources.filter(({ resource }) => resource.identity.kind === planner.kind);
    for (const batch of batches(own)) {
      const names = new Set(batch.flatMap((one) => imagesOf(one, planner)));
      const view = await readImages(git, catalogCommit, catalog, [...names]);
      if (!view.ok) {
        return undefined;
      }
      images.push(...rowsOf(names, view.value.states, unread));
      const some = planner.planSome({
        resources: batch.map(({ resource }) => resource),
        earlier: earlierChanges(input, again, batch, changeOf),
        files: digests,
        catalog: view.value,
      });
      for (const one of batch) {
        const change = some.get(one.resource.identity.name);
        if (change !== undefined) {
          planned.set(one, change);
          changeOf.set(identityText(one.resource.identity), change);
        }
      }
    }
  }
  for (const batch of batches([...unread.keys()])) {
    const view = await readImages(git, catalogCommit, catalog, batch);
    if (!view.ok) {
      return undefined;
    }
    images.push(...rowsOf(batch, view.value.states, unread));
  }
  return { changes: planned, images };
}

function* batches<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += batchSize) {
    yield items.slice(start, start + batchSize);
  }
}

/** The image of a resource and those that it refers to. */
function imagesOf({ resource, references }: AgainResource, { kind }: Planner): readonly string[] {
  const prefix = `${kind}/`;
  const others = references.filter((reference) => reference.startsWith(prefix));
  return [resource.identity.name, ...others.map((reference) => reference.slice(prefix.length))];
}

/** Rows of those images that were not told yet and that have a state. */
function rowsOf(
  names: Iterable<string>,
  states: ReadonlyMap<string, { readonly active: string | null }>,
  unread: Map<string, { readonly prefix: string; readonly id: string }>,
): readonly Omit<Row<ImageField>, 'orphanOf'>[] {
  return [...names].flatMap((name) => {
    const place = unread.get(name);
    const state = states.get(name);
    unread.delete(name);
    return place === undefined || state === undefined
      ? []
      : [{ name, prefix: place.prefix, id: place.id, active: state.active ?? '' }];
  });
}

/** Changes of what a batch refers to: of earlier batches, or remembered ones. */
function earlierChanges(
  { table }: IncrementalInput,
  { graph, replaced }: ResolvedAgain,
  batch: readonly AgainResource[],
  changeOf: ReadonlyMap<string, Change>,
): ReadonlyMap<string, Change> {
  const earlier = new Map<string, Change>();
  for (const reference of new Set(batch.flatMap(({ references }) => references))) {
    const row = graph.rowOf(reference);
    const cell = row === undefined || replaced.has(row) ? '' : table.documents.cell('change', row);
    // A cell was written by this index from a change.
    const change = changeOf.get(reference) ?? (cell === '' ? undefined : (JSON.parse(cell) as Change));
    if (change !== undefined) {
      earlier.set(change.resource.name, change);
    }
  }
  return earlier;
}
