import { join } from 'node:path';
import type { LocalStore } from '../adapters/store/store.ts';
import { openFolderStore } from '../compose.ts';
import type { BlobReference } from '../model/action.ts';
import type { BuildResult } from '../model/build-result.ts';
import { isDigest } from '../model/digest.ts';
import { isJsonObject } from '../model/json.ts';
import { type Result, success } from '../model/result.ts';

/** Folder beside the result, in the layout of a store on a file system. */
const blobFolder = 'blobs';

/** Copies what the store holds of a result's blobs into the results folder, for a host that has another store. */
export async function packBlobs(
  result: BuildResult,
  store: LocalStore,
  folder: string,
): Promise<Result<undefined>> {
  return copyBlobs(result, store, await openFolderStore(join(folder, blobFolder)));
}

/** Takes the blobs that came with a result into the store; each is read and compared with its digest on the way. */
export async function unpackBlobs(
  result: BuildResult,
  folder: string,
  store: LocalStore,
): Promise<Result<undefined>> {
  return copyBlobs(result, await openFolderStore(join(folder, blobFolder)), store);
}

async function copyBlobs(result: BuildResult, from: LocalStore, to: LocalStore): Promise<Result<undefined>> {
  const blobs = namedBlobs(result);
  const [there, available] = await Promise.all([to.has(blobs), from.has(blobs)]);
  for (const { digest } of blobs) {
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
