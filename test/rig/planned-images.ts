import { type CatalogView, emptyCatalogView } from '../../src/engine/catalog/catalog-view.ts';
import { type MadePlan, makePlan } from '../../src/engine/plan/make-plan.ts';
import { allowListPlanner } from '../../src/kinds/allow-list/allow-list-plan.ts';
import { imagePlanner } from '../../src/kinds/sandbox-image-spec/image-plan.ts';
import { packageRequest, packageRequestDigest } from '../../src/kinds/sandbox-image-spec/package-request.ts';
import { resolvedImage } from '../../src/kinds/sandbox-image-spec/resolved-image.ts';
import { type Digest, digestOfBytes } from '../../src/model/digest.ts';
import type { ImageState, SandboxImage } from '../../src/model/record.ts';
import { identityText, type ResolvedResource } from '../../src/model/resource.ts';
import { desiredOf, type Files } from './desired-files.ts';

/** The resolved resources of files, sorted by kind and name. */
export function resourcesOf(files: Files): readonly ResolvedResource[] {
  return [...desiredOf(files).resources.values()].flatMap((byName) => [...byName.values()]);
}

/** A catalog in which the images of these files were built: tree and lock digests follow from the names. */
export function builtCatalog(
  files: Files,
  fileDigests: ReadonlyMap<string, Digest> = new Map(),
): CatalogView {
  const states = new Map<string, ImageState>();
  const active = new Map<string, SandboxImage>();
  for (const resource of resourcesOf(files).filter(({ identity }) => identity.kind === 'SandboxImageSpec')) {
    const image = builtImage(resource, fileDigests);
    active.set(image.name, image);
    const { name, version, inputs } = image;
    states.set(name, {
      apiVersion: 'sandkiln/v1',
      kind: 'ImageState',
      name,
      active: version,
      inputs,
      failure: null,
    });
  }
  return { ...emptyCatalogView, states, active };
}

export function treeOf(name: string): Digest {
  return digestOfBytes(`tree of ${name}`);
}

function builtImage(
  resource: ResolvedResource,
  fileDigests: ReadonlyMap<string, Digest> = new Map(),
): SandboxImage {
  const { name } = resource.identity;
  const spec = resolvedImage(resource);
  const parent =
    spec.from === undefined ? null : { name: spec.from, version: '1.0.0+1', tree: treeOf(spec.from) };
  const request = packageRequest(spec, parent?.tree ?? null);
  const sources = spec.files.flatMap(({ source }) => (source === undefined ? [] : [source]));
  return {
    apiVersion: 'sandkiln/v1',
    kind: 'SandboxImage',
    name,
    version: `${spec.version}+1`,
    supersedes: null,
    run: '20261120T110000Z-1a2b3c4d',
    desiredCommit: '1'.repeat(40),
    inputs: {
      spec: resource.digest,
      files: Object.fromEntries(sources.map((path) => [path, fileDigests.get(path) ?? digestOfBytes(path)])),
      lock: request === undefined ? null : digestOfBytes(`lock of ${name}`),
      parent,
    },
    spec: resource.spec,
    origins: Object.fromEntries(
      [...resource.origins].map(([pointer, { identity, place }]) => [
        pointer,
        { from: identityText(identity), line: place.start?.line ?? 0 },
      ]),
    ),
    packageRequest: request === undefined ? null : packageRequestDigest(request),
    architecture: 'amd64',
    sourceDateEpoch: 1_700_000_000,
    builder: { name: 'mmdebstrap', reproducible: true },
    tree: { digest: treeOf(name), sizeBytes: 10 },
    lineage: [],
    artifacts: [
      {
        name: 'rootfs.tar.zst',
        format: 'rootfs',
        mediaType: 'application/zstd',
        digest: digestOfBytes(name),
        sizeBytes: 5,
      },
    ],
    smokeTests: [],
    attestations: digestOfBytes('attestations'),
    size: { treeBytes: 10, previousTreeBytes: null, budgetBytes: null, largestPackages: [] },
  };
}

export const emptyCatalog: CatalogView = emptyCatalogView;

/** The plan from a catalog to the state that the files describe. */
export function planOf(
  files: Files,
  catalog: CatalogView = emptyCatalog,
  more: { readonly files?: ReadonlyMap<string, Digest>; readonly maxRetirePercent?: number } = {},
): MadePlan {
  return makePlan(
    {
      desiredCommit: null,
      catalogCommit: null,
      resources: resourcesOf(files),
      files: more.files ?? new Map(),
      catalog,
      policy: {},
      safeguards: { maxRetirePercent: more.maxRetirePercent ?? 10 },
      now: new Date(0),
    },
    [allowListPlanner, imagePlanner],
  );
}
