import type { BootRequest, MachineShape } from '../../adapters/runtime/runtime.ts';
import { type SmokeTest, type SmokeTier, smokeTestProblem, tiersOf } from './smoke-test.ts';

/** What a smoke action reads; only what its tier depends on, so that nothing else makes it run again. */
export interface SmokeInput {
  readonly tier: SmokeTier;
  readonly tests: readonly SmokeTest[];
  /** In tier 0: tests that nothing of this image can run. They fail. */
  readonly impossible: readonly { readonly name: string; readonly reason: string }[];
  /** Nothing in tier 0. */
  readonly shape: MachineShape | null;
  /** In tiers 2 and 3. */
  readonly network: BootRequest['network'] | null;
  /** In tier 2: added to `root=…`; in tier 3 the boot loader has it. */
  readonly kernelCommandLine: readonly string[];
}

/** What smoke tests depend on of a resolved image. */
export interface SmokeSpec {
  readonly smokeTests: readonly SmokeTest[];
  readonly outputs: readonly string[];
  readonly disk: { readonly bootLoader: 'none' | 'grub' };
  readonly run: MachineShape;
  readonly network: { readonly layout: BootRequest['network'] };
  readonly hardening: { readonly kernelCommandLine?: readonly string[] };
}

/** The tiers of an image, one action each: 0 always, 1 and 2 with a disk, 3 with a boot loader on it. */
export function smokeTiers(spec: Pick<SmokeSpec, 'outputs' | 'disk'>): readonly SmokeTier[] {
  const hasDisk = spec.outputs.includes('raw') || spec.outputs.includes('qcow2');
  return hasDisk ? (spec.disk.bootLoader === 'none' ? [0, 1, 2] : [0, 1, 2, 3]) : [0];
}

/** The input of the smoke action of one tier. */
export function smokeActionInput(tier: SmokeTier, spec: SmokeSpec): SmokeInput {
  const { shape, network, kernelCommandLine } = machineOf(tier, spec);
  return {
    tier,
    tests: spec.smokeTests.filter((test) => isRunnable(test, spec) && tiersOf(test).includes(tier)),
    impossible: tier === 0 ? impossibleTests(spec) : [],
    shape,
    network,
    kernelCommandLine,
  };
}

function machineOf(
  tier: SmokeTier,
  spec: SmokeSpec,
): Pick<SmokeInput, 'shape' | 'network' | 'kernelCommandLine'> {
  const shape = { memoryBytes: spec.run.memoryBytes, cpus: spec.run.cpus };
  const network = spec.network.layout;
  switch (tier) {
    case 0:
      return { shape: null, network: null, kernelCommandLine: [] };
    case 1:
      return { shape, network: null, kernelCommandLine: [] };
    case 2:
      return { shape, network, kernelCommandLine: spec.hardening.kernelCommandLine ?? [] };
    case 3:
      return { shape, network, kernelCommandLine: [] };
  }
}

function isRunnable(test: SmokeTest, spec: SmokeSpec): boolean {
  const tiers = smokeTiers(spec);
  return smokeTestProblem(test) === undefined && tiersOf(test).some((tier) => tiers.includes(tier));
}

function impossibleTests(spec: SmokeSpec): SmokeInput['impossible'] {
  return spec.smokeTests
    .filter((test) => !isRunnable(test, spec))
    .map((test) => ({
      name: test.name,
      reason:
        smokeTestProblem(test) ??
        (tiersOf(test).includes(3)
          ? 'the disk has no boot loader, which tier 3 starts'
          : 'the image has no raw or qcow2 output that could be booted'),
    }));
}
