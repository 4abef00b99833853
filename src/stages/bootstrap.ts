import type { BuilderSpec, Builders, Mirror } from '../adapters/builder/builder.ts';
import type { Tools } from '../adapters/tools/tools.ts';
import type { Stage, StageContext } from '../engine/stage.ts';
import type { Action, StageOutput } from '../model/action.ts';
import type { Result } from '../model/result.ts';
import { success } from '../model/result.ts';
import { builderFingerprint, findBuilder } from './builder-fingerprint.ts';
import { neededLock } from './needed-lock.ts';
import { inputOf, neededBlob, neededData } from './stage-input.ts';

export interface BootstrapInput {
  /** Name of the builder that makes the tree. */
  readonly builder: string;
  readonly spec: BuilderSpec;
  /** Holds where neither a lock nor a parent gives one. */
  readonly sourceDateEpoch: number;
}

export interface BootstrapPorts {
  readonly builders: Builders;
  readonly mirror: Mirror;
  readonly tools: Tools;
}

/**
 * Makes the tree of the locked packages, or what the builder makes of the spec alone, on top of the parent's tree where
 * there is one. Output: blob `tree`, data `sourceDateEpoch`.
 */
export function createBootstrapStage(ports: BootstrapPorts): Stage {
  return {
    name: 'bootstrap',
    version: 2,
    effect: 'pure',
    fingerprint: (action) => builderFingerprint(inputOf<BootstrapInput>(action).builder, ports),
    run: (action, context) => bootstrap(action, context, ports),
  };
}

async function bootstrap(
  action: Action,
  context: StageContext,
  { builders, mirror }: BootstrapPorts,
): Promise<Result<StageOutput>> {
  const input = inputOf<BootstrapInput>(action);
  const builder = findBuilder(builders, input.builder);
  if (!builder.ok) {
    return builder;
  }
  const lock = await neededLock(context);
  if (!lock.ok) {
    return lock;
  }
  const parent = neededBlob(context, 'tree');
  const sourceDateEpoch = neededData<number>(context, 'sourceDateEpoch') ?? input.sourceDateEpoch;
  const memoryBytes = action.uses?.memory;
  const made = await builder.value.bootstrap(
    {
      spec: input.spec,
      sourceDateEpoch,
      mirror,
      ...(lock.value === undefined ? {} : { lock: lock.value }),
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
      ...(parent === undefined ? {} : { parentTree: context.cache.pathOf(parent.digest) }),
    },
    context,
  );
  return made.ok ? success({ blobs: { tree: made.value }, data: { sourceDateEpoch } }) : made;
}
