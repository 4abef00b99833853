import { join } from 'node:path';
import { poolDigests } from '../adapters/builder/builder.ts';
import type { LocalStore } from '../adapters/store/store.ts';
import { openFolderStore } from '../compose.ts';
import { parseRecord } from '../engine/catalog/parse-record.ts';
import { blobShape, packageLockShape } from '../engine/catalog/record-shapes.ts';
import type { ResultBlobs } from '../kinds/sandbox-image-spec/check-image-blobs.ts';
import type { BlobReference, StageOutput } from '../model/action.ts';
import type { BuildResult } from '../model/build-result.ts';
import { type Digest, isDigest } from '../model/digest.ts';
import { isJsonObject } from '../model/json.ts';
import { type Result, success } from '../model/result.ts';
import { hasShape, listShape } from '../model/shape.ts';

/** Folder beside the result, in the layout of a store on a file system. */
const blobFolder = 'blobs';

const lockLimitBytes = 64 * 1024 * 1024;

/** Copies what the store holds of a result's blobs into the results folder, for a host that has another store. */
export async function packBlobs(
  result: BuildResult,
  store: LocalStore,
  folder: string,
): Promise<Result<undefined>> {
  const digests = namedBlobs(result).map(({ digest }) => digest);
  return copyBlobs(digests, store, await openFolderStore(join(folder, blobFolder)));
}

/** The blobs of a result where they are: in the store, or beside the result. Nothing is taken over. */
export async function openResultBlobs(folder: string, store: LocalStore): Promise<ResultBlobs> {
  const beside = await openFolderStore(join(folder, blobFolder));
  const holderOf = async (digest: Digest) => ((await store.has([digest])).size === 1 ? store : beside);
  return {
    has: async (blobs) => {
      const [there, brought] = await Promise.all([store.has(blobs), beside.has(blobs)]);
      return there.union(brought);
    },
    check: async (digest) => (await holderOf(digest)).check(digest),
    readSmall: async (digest, limitBytes) => (await holderOf(digest)).readSmall(digest, limitBytes),
    pathOf: async (digest) => (await holderOf(digest)).pathOf(digest),
  };
}

/**
 * Takes the blobs that records will name from beside a result into the store: what {@link recordedBlobs} gives, and what
 * the locks among it pin. Each is read and compared with its digest on the way.
 */
export async function takeBlobs(
  result: BuildResult,
  folder: string,
  store: LocalStore,
): Promise<Result<undefined>> {
  const beside = await openFolderStore(join(folder, blobFolder));
  const taken = await copyBlobs(
    [...recordedBlobs(result)].map(({ digest }) => digest),
    beside,
    store,
  );
  if (!taken.ok) {
    return taken;
  }
  const pools: Digest[] = [];
  for (const { digest } of locksOf(result)) {
    const bytes = await store.readSmall(digest, lockLimitBytes);
    const lock = bytes.ok ? parseRecord(bytes.value, packageLockShape, 'packages.lock.json') : bytes;
    if (!lock.ok) {
      return lock;
    }
    pools.push(...poolDigests(lock.value));
  }
  return copyBlobs(pools, beside, store);
}

/** The logs; of images that were published also artifacts, lock, and what the scan wrote; each once. */
export function recordedBlobs(result: BuildResult): Iterable<BlobReference> {
  const logs = result.changes.flatMap(({ actions }) =>
    Object.values(actions).flatMap((action) =>
      (action.status === 'succeeded' || action.status === 'failed') && action.log !== undefined
        ? [action.log]
        : [],
    ),
  );
  const scanned = publishedOutputs(result, 'scan').flatMap(({ blobs }) => Object.values(blobs));
  const artifacts = publishedOutputs(result, 'publish').flatMap(({ data }) => blobsIn(data['artifacts']));
  const all = [...logs, ...scanned, ...artifacts, ...locksOf(result)];
  return new Map(all.map((blob) => [`${blob.digest} ${blob.sizeBytes}`, blob])).values();
}

function locksOf(result: BuildResult): readonly BlobReference[] {
  return publishedOutputs(result, 'publish').flatMap(({ data }) => blobsIn([data['lock']]));
}

/** What a stage gave for each change of which everything went well: nothing else is in the store, or is recorded. */
function publishedOutputs({ changes }: BuildResult, stage: string): readonly StageOutput[] {
  return changes.flatMap(({ actions }) => {
    const entries = Object.entries(actions);
    return entries.every(([, { status }]) => status === 'succeeded')
      ? entries.flatMap(([id, action]) =>
          action.status === 'succeeded' && id.split('/')[2] === stage ? [action.output] : [],
        )
      : [];
  });
}

/** What is no blob here is told by the checks of the outcomes. */
function blobsIn(value: unknown): readonly BlobReference[] {
  return hasShape(listShape(blobShape, 1000), value) ? value : [];
}

async function copyBlobs(
  digests: readonly Digest[],
  from: LocalStore,
  to: LocalStore,
): Promise<Result<undefined>> {
  const [there, available] = await Promise.all([to.has(digests), from.has(digests)]);
  for (const digest of new Set(digests)) {
    if (!there.has(digest) && available.has(digest)) {
      const copied = await to.putFile(from.pathOf(digest), { expected: digest });
      if (!copied.ok) {
        return copied;
      }
    }
  }
  return success(undefined);
}

/** Every blob that a result names anywhere, once. */
function namedBlobs(result: BuildResult): readonly BlobReference[] {
  const found = new Map<string, BlobReference>();
  const look = (value: unknown): void => {
    if (Array.isArray(value)) {
      value.forEach(look);
    } else if (isJsonObject(value)) {
      const { digest, sizeBytes } = value;
      if (isDigest(digest) && typeof sizeBytes === 'number') {
        found.set(digest, { digest, sizeBytes });
      }
      Object.values(value).forEach(look);
    }
  };
  look(result.changes.map(({ actions }) => actions));
  return [...found.values()];
}
