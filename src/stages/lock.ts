import { type Builder, type Builders, type Mirror, poolDigests } from '../adapters/builder/builder.ts';
import type { Store } from '../adapters/store/store.ts';
import type { Tools } from '../adapters/tools/tools.ts';
import type { Stage, StageContext } from '../engine/stage.ts';
import type { Action, BlobReference, StageOutput } from '../model/action.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import type { PackageLock, PackageRequest } from '../model/package-lock.ts';
import type { Result } from '../model/result.ts';
import { success } from '../model/result.ts';
import { bringBlobs } from './bring-blobs.ts';
import { builderFingerprint, findBuilder } from './builder-fingerprint.ts';
import { asJson, inputOf, neededBlob, neededData } from './stage-input.ts';

export interface LockInput {
  /** Name of the builder that resolves the request. */
  readonly builder: string;
  readonly request: PackageRequest;
  /** The catalog's lock, where it still answers the request. */
  readonly lock: PackageLock | null;
  /** Indexes of an earlier lock: resolved against exactly those, so that only `update` moves to newer ones. */
  readonly indexes: PackageLock['indexes'] | null;
  /** Whether the same builder made the parent, whose indexes then go before. */
  readonly followsParent: boolean;
}

export interface LockPorts {
  readonly builders: Builders;
  readonly mirror: Mirror;
  readonly store: Store;
  readonly tools: Tools;
}

/**
 * Pins the exact packages. Output: blob `packages.lock.json`; data `lock` (its digest), `sourceDateEpoch`, `indexes`.
 * Where the builder locks no packages there is no blob, and `lock` and `indexes` are null.
 */
export function createLockStage(ports: LockPorts): Stage {
  return {
    name: 'lock',
    version: 2,
    effect: 'pure',
    fingerprint: (action) => builderFingerprint(inputOf<LockInput>(action).builder, ports),
    run: (action, context) => lockPackages(action, context, ports),
  };
}

async function lockPackages(
  action: Action,
  context: StageContext,
  { builders, mirror, store }: LockPorts,
): Promise<Result<StageOutput>> {
  const input = inputOf<LockInput>(action);
  const builder = findBuilder(builders, input.builder);
  if (!builder.ok) {
    return builder;
  }
  const described = await builder.value.describe();
  if (!described.ok) {
    return described;
  }
  if (!described.value.locksPackages) {
    context.log(`${input.builder} locks no packages`);
    return success({ blobs: {}, data: { lock: null, indexes: null } });
  }
  const indexes =
    (input.followsParent ? neededData<Indexes | null>(context, 'indexes') : null) ?? input.indexes;
  const pool = poolDigests({ indexes: indexes ?? [], packages: input.lock?.packages ?? [] });
  const brought = await bringBlobs(pool, store, context);
  if (!brought.ok) {
    return brought;
  }
  const locked =
    input.lock === null
      ? await resolve(builder.value, input.request, indexes, mirror, context)
      : success(input.lock);
  return locked.ok ? outputOf(locked.value, context) : locked;
}

type Indexes = PackageLock['indexes'];

function resolve(
  builder: Builder,
  request: PackageRequest,
  indexes: Indexes | null,
  mirror: Mirror,
  context: StageContext,
): Promise<Result<PackageLock>> {
  const parent = neededBlob(context, 'tree');
  return builder.lock(
    {
      request: parent === undefined ? request : { ...request, parentTree: parent.digest },
      mirror,
      ...(indexes === null ? {} : { indexes }),
      ...(parent === undefined ? {} : { parentTree: context.cache.pathOf(parent.digest) }),
    },
    context,
  );
}

async function outputOf(lock: PackageLock, context: StageContext): Promise<Result<StageOutput>> {
  const stored = await context.cache.put([Buffer.from(`${canonicalJson(asJson(lock))}\n`)]);
  if (!stored.ok) {
    return stored;
  }
  const { sourceDateEpoch, indexes } = lock;
  return success({
    blobs: { 'packages.lock.json': stored.value },
    data: { lock: stored.value.digest, sourceDateEpoch, ...asJson({ indexes }) },
    alsoNeeded: await poolInCache(lock, context),
  });
}

/** What bootstrap will read: a cached lock counts only while these are in the cache. */
async function poolInCache(lock: PackageLock, { cache }: StageContext): Promise<readonly BlobReference[]> {
  const pool = [
    ...lock.indexes.flatMap(({ release, packages }) => [release, packages]),
    ...lock.packages,
  ].map(({ digest, sizeBytes }) => ({ digest, sizeBytes }));
  const there = await cache.has(pool);
  return pool.filter(({ digest }) => there.has(digest));
}
