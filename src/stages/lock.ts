import type { Builder, Mirror } from '../adapters/builder/builder.ts';
import type { Store } from '../adapters/store/store.ts';
import type { Tools } from '../adapters/tools/tools.ts';
import type { Stage, StageContext } from '../engine/stage.ts';
import type { Action, StageOutput } from '../model/action.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import type { PackageLock, PackageRequest } from '../model/package-lock.ts';
import type { Result } from '../model/result.ts';
import { success } from '../model/result.ts';
import { bringBlobs } from './bring-blobs.ts';
import { builderFingerprint } from './builder-fingerprint.ts';
import { asJson, inputOf, neededBlob, neededData } from './stage-input.ts';

export interface LockInput {
  readonly request: PackageRequest;
  /** The catalog's lock, where it still answers the request. */
  readonly lock: PackageLock | null;
  /** Indexes of an earlier lock: resolved against exactly those, so that only `update` moves to newer ones. */
  readonly indexes: PackageLock['indexes'] | null;
}

/**
 * Pins the exact packages. Output: blob `packages.lock.json`; data `lock` (its digest), `sourceDateEpoch`,
 * `indexes`.
 */
export function createLockStage(ports: {
  readonly builder: Builder;
  readonly mirror: Mirror;
  readonly store: Store;
  readonly tools: Tools;
}): Stage {
  return {
    name: 'lock',
    version: 1,
    effect: 'pure',
    fingerprint: () => builderFingerprint(ports),
    run: (action, context) => lockPackages(action, context, ports),
  };
}

async function lockPackages(
  action: Action,
  context: StageContext,
  ports: { readonly builder: Builder; readonly mirror: Mirror; readonly store: Store },
): Promise<Result<StageOutput>> {
  const input = inputOf<LockInput>(action);
  const parent = neededBlob(context, 'tree');
  const request = parent === undefined ? input.request : { ...input.request, parentTree: parent.digest };
  const indexes = neededData<PackageLock['indexes'] | null>(context, 'indexes') ?? input.indexes;
  const pool = input.lock?.packages.map((entry) => entry.digest) ?? [];
  const lists = indexes?.flatMap((index) => [index.release.digest, index.packages.digest]) ?? [];
  const brought = await bringBlobs([...pool, ...lists], ports.store, context);
  if (!brought.ok) {
    return brought;
  }
  if (input.lock !== null) {
    return outputOf(input.lock, context);
  }
  const locked = await ports.builder.lock(
    {
      request,
      mirror: ports.mirror,
      ...(indexes === null ? {} : { indexes }),
      ...(parent === undefined ? {} : { parentTree: context.cache.pathOf(parent.digest) }),
    },
    context,
  );
  return locked.ok ? outputOf(locked.value, context) : locked;
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
  });
}
