import { poolDigests } from '../adapters/builder/builder.ts';
import type { PackedArtifact } from '../adapters/packer/packer.ts';
import type { Store } from '../adapters/store/store.ts';
import type { Stage, StageContext } from '../engine/stage.ts';
import type { Action, BlobReference, StageOutput } from '../model/action.ts';
import type { Digest } from '../model/digest.ts';
import type { PackageLock } from '../model/package-lock.ts';
import type { Ancestor, BuildArtifact } from '../model/record.ts';
import type { Result } from '../model/result.ts';
import { success } from '../model/result.ts';
import { publishBlobs } from './bring-blobs.ts';
import { neededLock } from './needed-lock.ts';
import { asJson, inputOf } from './stage-input.ts';

export interface PublishInput {
  readonly image: string;
  readonly specVersion: string;
}

/**
 * Puts everything that a record will name into the store: artifacts, SBOM, package lock, indexes and packages. Runs
 * only after every smoke test and scan has passed; nothing points at the blobs before the record does. Output: data
 * `artifacts`, `tree`, `lineage` (this image as an ancestor of others), `lock`, `indexes`, `sourceDateEpoch`.
 */
export function createPublishStage(ports: { readonly store: Store }): Stage {
  return {
    name: 'publish',
    version: 1,
    effect: 'effect',
    fingerprint: async () => success({ tools: {}, environment: {} }),
    run: (action, context) => publish(action, context, ports.store),
  };
}

async function publish(action: Action, context: StageContext, store: Store): Promise<Result<StageOutput>> {
  const { image, specVersion } = inputOf<PublishInput>(action);
  const made = gather(context);
  const pool = await poolOf(made.lock, context);
  if (!pool.ok) {
    return pool;
  }
  const digests = [
    ...made.artifacts.map((artifact) => artifact.digest),
    ...made.documents.map((blob) => blob.digest),
    ...pool.value,
  ];
  const published = await publishBlobs(digests, store, context.cache);
  if (!published.ok) {
    return published;
  }
  context.log(`${digests.length} blobs are in the store`);
  const archive = made.artifacts.find((artifact) => artifact.format === 'rootfs');
  const { tree, sourceDateEpoch } = made;
  const self: readonly Ancestor[] =
    archive === undefined
      ? []
      : [{ name: image, specVersion, tree, archive: blobOf(archive), sourceDateEpoch }];
  const lineage = [...made.lineage, ...self];
  const { artifacts, lock, indexes } = made;
  return success({
    blobs: {},
    data: { ...asJson({ artifacts, tree, lineage, lock: lock ?? null, indexes }), sourceDateEpoch },
  });
}

interface Made {
  readonly artifacts: readonly BuildArtifact[];
  /** SBOM, package manifest, lock. */
  readonly documents: readonly BlobReference[];
  readonly tree: BlobReference;
  readonly sourceDateEpoch: number;
  readonly lineage: readonly Ancestor[];
  readonly lock: BlobReference | undefined;
  readonly indexes: PackageLock['indexes'] | null;
}

function gather(context: StageContext): Made {
  const artifacts: BuildArtifact[] = [];
  const documents: BlobReference[] = [];
  let tree: BlobReference | undefined;
  let lock: BlobReference | undefined;
  let sourceDateEpoch = 0;
  let lineage: readonly Ancestor[] = [];
  let indexes: PackageLock['indexes'] | null = null;
  for (const [id, output] of context.needs) {
    const stage = id.split('/')[2]?.split(':')[0];
    if (stage === 'pack') {
      artifacts.push(...(output.data['artifacts'] as unknown as readonly PackedArtifact[]).map(artifactOf));
    } else if (stage === 'scan') {
      documents.push(...Object.values(output.blobs));
    } else if (stage === 'customise') {
      tree = output.blobs['tree'];
      sourceDateEpoch = Number(output.data['sourceDateEpoch']);
    } else if (stage === 'prepare') {
      lineage = output.data['lineage'] as unknown as readonly Ancestor[];
      indexes ??= output.data['indexes'] as unknown as PackageLock['indexes'] | null;
    } else if (stage === 'lock') {
      lock = output.blobs['packages.lock.json'];
      indexes = output.data['indexes'] as unknown as PackageLock['indexes'];
    }
  }
  if (tree === undefined) {
    throw new TypeError('publish needs the output of customise');
  }
  artifacts.sort((left, right) => (left.name < right.name ? -1 : 1));
  return { artifacts, documents, tree, sourceDateEpoch, lineage, lock, indexes };
}

function artifactOf({ name, format, mediaType, blob }: PackedArtifact): BuildArtifact {
  return { name, format, mediaType, digest: blob.digest, sizeBytes: blob.sizeBytes };
}

function blobOf({ digest, sizeBytes }: BuildArtifact): BlobReference {
  return { digest, sizeBytes };
}

/** Digests of the lock, its indexes and its packages. */
async function poolOf(
  lock: BlobReference | undefined,
  context: StageContext,
): Promise<Result<readonly Digest[]>> {
  const read = await neededLock(context);
  if (!read.ok) {
    return read;
  }
  return success(
    lock === undefined || read.value === undefined ? [] : [lock.digest, ...poolDigests(read.value)],
  );
}
