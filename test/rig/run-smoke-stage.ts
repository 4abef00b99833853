import { createProcessRunner } from '../../src/adapters/process/child-processes.ts';
import { createQemuRuntime } from '../../src/adapters/runtime/qemu/create-qemu-runtime.ts';
import { actionId, type BlobReference, type StageOutput } from '../../src/model/action.ts';
import type { Result } from '../../src/model/result.ts';
import { type SmokeSpec, smokeActionInput } from '../../src/stages/smoke/smoke-input.ts';
import type { SmokeTier } from '../../src/stages/smoke/smoke-test.ts';
import { createSmokeStage } from '../../src/stages/smoke.ts';
import { asJson } from '../../src/stages/stage-input.ts';
import type { testWorkContext } from './work-context.ts';

const identity = { kind: 'SandboxImageSpec', name: 'guest' };

/** A bootable image with a small machine and no tests, changed by `more`. */
export function smokeSpec(more: Partial<SmokeSpec> = {}): SmokeSpec {
  return {
    smokeTests: [],
    outputs: ['raw'],
    disk: { bootLoader: 'none' },
    run: { memoryBytes: 512 * 1024 * 1024, cpus: 2 },
    network: { layout: 'none' },
    hardening: {},
    ...more,
  };
}

/** Runs the smoke stage with real QEMU on blobs of the context's cache. */
export function runSmokeStage(
  tier: SmokeTier,
  spec: SmokeSpec,
  blobs: Readonly<Record<string, BlobReference>>,
  context: ReturnType<typeof testWorkContext>,
): Promise<Result<StageOutput>> {
  const runtime = createQemuRuntime({ processes: createProcessRunner(), cacheFolder: context.folder });
  const pack = actionId(identity, 'pack');
  return createSmokeStage({ runtime }).run(
    {
      id: actionId(identity, 'smoke', `${tier}`),
      resource: identity,
      stage: 'smoke',
      effect: 'pure',
      needs: [pack],
      input: asJson(smokeActionInput(tier, spec)),
      timeoutMs: context.timeoutMs,
    },
    { ...context, needs: new Map([[pack, { blobs, data: {} }]]) },
  );
}
