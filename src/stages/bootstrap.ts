import type { Builder, Mirror } from '../adapters/builder/builder.ts';
import type { Tools } from '../adapters/tools/tools.ts';
import type { Stage, StageContext } from '../engine/stage.ts';
import type { Action, StageOutput } from '../model/action.ts';
import type { PackageLock, PackageRequest } from '../model/package-lock.ts';
import type { Result } from '../model/result.ts';
import { success } from '../model/result.ts';
import { builderFingerprint } from './builder-fingerprint.ts';
import { inputOf, neededBlob, neededData } from './stage-input.ts';

export interface BootstrapInput {
  readonly variant: PackageRequest['variant'];
}

const lockLimitBytes = 16 * 1024 * 1024;

/** Makes the tree of the locked packages, on top of the parent's where there is one. Output: blob `tree`. */
export function createBootstrapStage(ports: {
  readonly builder: Builder;
  readonly mirror: Mirror;
  readonly tools: Tools;
}): Stage {
  return {
    name: 'bootstrap',
    version: 1,
    effect: 'pure',
    fingerprint: () => builderFingerprint(ports),
    run: (action, context) => bootstrap(action, context, ports),
  };
}

async function bootstrap(
  action: Action,
  context: StageContext,
  { builder, mirror }: { readonly builder: Builder; readonly mirror: Mirror },
): Promise<Result<StageOutput>> {
  const { variant } = inputOf<BootstrapInput>(action);
  const lock = await readLock(context);
  if (!lock.ok) {
    return lock;
  }
  const parent = neededBlob(context, 'tree');
  const made = await builder.bootstrap(
    {
      lock: lock.value,
      variant,
      mirror,
      ...(parent === undefined ? {} : { parentTree: context.cache.pathOf(parent.digest) }),
    },
    context,
  );
  if (!made.ok) {
    return made;
  }
  const sourceDateEpoch = neededData<number>(context, 'sourceDateEpoch') ?? lock.value.sourceDateEpoch;
  return success({ blobs: { tree: made.value }, data: { sourceDateEpoch } });
}

async function readLock(context: StageContext): Promise<Result<PackageLock>> {
  const blob = neededBlob(context, 'packages.lock.json');
  if (blob === undefined) {
    throw new TypeError('bootstrap needs the output of lock');
  }
  const bytes = await context.cache.readSmall(blob.digest, lockLimitBytes);
  // The lock stage wrote these bytes, and the digest was checked on reading.
  return bytes.ok ? success(JSON.parse(Buffer.from(bytes.value).toString('utf8')) as PackageLock) : bytes;
}
