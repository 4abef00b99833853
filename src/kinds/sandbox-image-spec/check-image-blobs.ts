import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import type { Store } from '../../adapters/store/store.ts';
import type { ChangeResult } from '../../model/build-result.ts';
import { asDigest, type Digest, hexOf } from '../../model/digest.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { PackageLock } from '../../model/package-lock.ts';
import type { BuildArtifact } from '../../model/record.ts';
import { type Result, success } from '../../model/result.ts';
import { readBom, readLock } from './image-attestations.ts';
import type { ImageEvidence } from './image-evidence.ts';
import { builderSpec, foldedEpoch, packageRequest, packageRequestDigest } from './package-request.ts';
import { type ResolvedImage, resolvedImage } from './resolved-image.ts';

/** Where the blobs of a result are. */
export interface ResultBlobs extends Pick<Store, 'has' | 'check' | 'readSmall'> {
  /** Path of a blob that is there. */
  pathOf(digest: Digest): Promise<string>;
}

/**
 * Holds what the blobs of an image contain against what a build says of them: the published tree is the tree, the lock
 * answers the request of the spec and everything that it pins is in the store, the SBOM is about this image. Gives what
 * does not fit, each a clause; fails where a blob cannot be read.
 */
export async function checkImageBlobs(
  { change, resource }: ChangeResult,
  evidence: ImageEvidence,
  blobs: ResultBlobs,
): Promise<Result<readonly string[]>> {
  if (resource === null) {
    throw new TypeError('only an image that has a spec has blobs');
  }
  const spec = resolvedImage({ identity: change.resource, spec: resource.spec });
  const lock = await readLock(evidence, { store: blobs });
  const bom = await readBom(evidence, { store: blobs });
  if (!lock.ok) {
    return lock;
  }
  if (!bom.ok) {
    return bom;
  }
  const rootfs = evidence.artifacts.find(({ format }) => format === 'rootfs');
  return success([
    ...(lock.value === null ? [] : await lockProblems(lock.value, spec, evidence, blobs)),
    ...(evidence.sourceDateEpoch === epochOf(lock.value, spec, evidence)
      ? []
      : ['its source date epoch does not follow from its lock, parent or spec']),
    ...(isAbout(bom.value, change.resource.name, evidence) ? [] : ['its SBOM is not about its tree']),
    ...(rootfs === undefined || (await holdsTree(rootfs, evidence, blobs))
      ? []
      : ['its tree is not the one in the archive that it publishes']),
  ]);
}

async function lockProblems(
  lock: PackageLock,
  spec: ResolvedImage,
  { lineage }: ImageEvidence,
  blobs: ResultBlobs,
): Promise<readonly string[]> {
  const request = packageRequest(spec, lineage.at(-1)?.tree.digest ?? null);
  const pool = [
    ...lock.indexes.flatMap(({ release, packages }) => [release, packages]),
    ...lock.packages,
  ].map(({ digest, sizeBytes }) => ({ digest, sizeBytes }));
  const there = await blobs.has(pool);
  const missing = pool.filter(({ digest }) => !there.has(digest));
  return [
    ...(request !== undefined && lock.request === packageRequestDigest(request)
      ? []
      : ['its package lock answers another request']),
    ...missing.map(({ digest }) => `its package lock pins ${digest}, which is not in the store`),
  ];
}

/** As bootstrap finds it. */
function epochOf(
  lock: PackageLock | null,
  spec: ResolvedImage,
  { lineage }: ImageEvidence,
): number | undefined {
  const built = builderSpec(spec);
  return (
    lock?.sourceDateEpoch ??
    lineage.at(-1)?.sourceDateEpoch ??
    (built === undefined ? undefined : foldedEpoch(spec.builder, built))
  );
}

/** The scan puts name and tree of the image into `metadata.component`. */
function isAbout(bom: JsonObject, name: string, { tree }: ImageEvidence): boolean {
  const component = objectIn(objectIn(bom['metadata'])['component']);
  const hashes = component['hashes'];
  return (
    component['name'] === name &&
    Array.isArray(hashes) &&
    hashes.some((hash) => objectIn(hash)['content'] === hexOf(tree.digest))
  );
}

function objectIn(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** Unpacks no more than the tree is said to have. */
async function holdsTree(
  rootfs: BuildArtifact,
  { tree }: ImageEvidence,
  blobs: ResultBlobs,
): Promise<boolean> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    await pipeline(
      createReadStream(await blobs.pathOf(rootfs.digest)),
      createZstdDecompress(),
      async (chunks: AsyncIterable<Uint8Array>) => {
        for await (const chunk of chunks) {
          sizeBytes += chunk.length;
          if (sizeBytes > tree.sizeBytes) {
            return;
          }
          hash.update(chunk);
        }
      },
    );
  } catch {
    return false;
  }
  return sizeBytes === tree.sizeBytes && asDigest(`sha256:${hash.digest('hex')}`) === tree.digest;
}
