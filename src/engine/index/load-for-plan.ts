import type { Digest } from '../../model/digest.ts';
import { asDigest } from '../../model/digest.ts';
import { identityText, type ResourceIdentity } from '../../model/resource.ts';
import type { Result } from '../../model/result.ts';
import type { CatalogView } from '../catalog/catalog-view.ts';
import type { Desired } from '../desired/resolve-desired.ts';
import { namedFileLimitBytes, namedPaths } from '../plan/named-files.ts';
import { documentGraph } from './document-graph.ts';
import { createEntryReader } from './entry-reader.ts';
import type { IncrementalInput } from './incremental-input.ts';
import { createKnownFiles } from './known-files.ts';
import { policyRows, rememberedId } from './plan-table.ts';
import { documentBlobs, readSubset, resolveSubset } from './read-subset.ts';

/** What carrying out some changes needs of the desired state and of the catalog. */
export interface LoadedForPlan {
  /** The resources and all that they refer to. */
  readonly desired: Desired;
  /** Repository files that these name, by path. */
  readonly files: ReadonlyMap<string, { readonly digest: Digest; bytes(): Promise<Result<Uint8Array>> }>;
  /** States and active records of the same resources. */
  readonly view: CatalogView;
}

/** Loads resources, by a table that is complete for the commits. Nothing where something cannot be read any more. */
export async function loadForPlan(
  input: Omit<IncrementalInput, 'safeguardsOf' | 'now'>,
  identities: readonly ResourceIdentity[],
): Promise<LoadedForPlan | undefined> {
  const { table, git, kinds } = input;
  const graph = documentGraph(table.documents, new Set());
  const described = identities.map(identityText).filter((identity) => graph.rowOf(identity) !== undefined);
  const rows = graph.closure(described);
  const wanted = new Set([...(rows ?? []), ...policyRows(table.documents)]);
  const read = await readSubset(git, documentBlobs(table, wanted), kinds);
  const files = createKnownFiles(git, input.desired, table.files);
  const desired = read === undefined ? undefined : await resolveSubset(read, kinds, files);
  if (rows === undefined || desired === undefined) {
    return undefined;
  }
  const resources = [...desired.resources.values()].flatMap((byName) => [...byName.values()]);
  const named = await files.rows(new Set(resources.flatMap(namedPaths)));
  const wantedEntries = [...identities, ...resources.map(({ identity }) => identity)].map(identityText);
  const view = await createEntryReader(input, []).read(wantedEntries);
  if (!named.ok || view === undefined) {
    return undefined;
  }
  const found = named.value.map(({ path, id, digest }) => {
    const bytes = () => git.readBlob(rememberedId(id), namedFileLimitBytes);
    return [path, { digest: asDigest(digest), bytes }] as const;
  });
  return { desired, files: new Map(found), view };
}
