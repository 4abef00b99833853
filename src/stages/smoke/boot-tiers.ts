import type { BootRequest, DiskImage, MachineShape, Runtime } from '../../adapters/runtime/runtime.ts';
import type { WorkContext } from '../../adapters/work-context.ts';
import { rootFileSystemLabel } from '../../model/disk.ts';
import type { SmokeTestResult } from '../../model/record.ts';
import { type Result, success } from '../../model/result.ts';
import type { Tree } from '../../tree/tree.ts';
import { probeBoot } from './boot-probes.ts';
import { hasGuestAgent } from './has-guest-agent.ts';
import type { SmokeInput } from './smoke-input.ts';
import { notRun, reasonOf, type SmokeReport } from './smoke-report.ts';
import { isForEitherTier } from './smoke-test.ts';

interface BootableImage {
  readonly disk: DiskImage;
  readonly kernelPath: string;
  readonly initrdPath: string;
  readonly shape: MachineShape;
}

/** Tier 2 by direct kernel boot; tier 3 by BIOS and then by UEFI firmware. */
export async function probeBootTiers(
  runtime: Runtime,
  image: BootableImage,
  input: SmokeInput & { readonly tier: 2 | 3 },
  tree: Tree,
  context: WorkContext,
): Promise<Result<SmokeReport>> {
  const { disk, shape } = image;
  const agent = hasGuestAgent(tree);
  const base = { tier: input.tier, hasGuestAgent: agent } as const;
  const request = { disk, shape, network: input.network ?? 'none' } as const;
  if (input.tier === 2) {
    // Commands of no tier of their own run here only where the agent can run them.
    const tests = agent ? input.tests : input.tests.filter((test) => !isForEitherTier(test));
    const start = kernelStart(image, input.kernelCommandLine);
    return probeBoot(runtime, { ...base, request: { ...request, start }, suffix: '' }, tests, context);
  }
  const halfTime = { ...context, timeoutMs: context.timeoutMs / 2 };
  const results: SmokeTestResult[] = [];
  const consoles: Uint8Array[] = [];
  let timedOut = false;
  for (const firmware of ['bios', 'uefi'] as const) {
    const suffix = ` (${firmware})`;
    const start = { by: 'firmware', firmware } as const;
    const report = await probeBoot(
      runtime,
      { ...base, request: { ...request, start }, suffix },
      input.tests,
      halfTime,
    );
    if (report.ok) {
      results.push(...report.value.results);
      consoles.push(report.value.console ?? new Uint8Array());
      timedOut ||= report.value.timedOut ?? false;
    } else if (report.diagnostics[0]?.code === 'SK6010') {
      const names = ['built-in: init reaches its target', ...input.tests.map(({ name }) => name)];
      results.push(...names.map((name) => notRun(`${name}${suffix}`, 3, reasonOf(report))));
    } else {
      return report;
    }
  }
  return success({ results, console: Buffer.concat(consoles), timedOut });
}

/** Restarts after a panic are off, so that it ends the machine; colours would cut through what is looked for. */
function kernelStart(image: BootableImage, added: readonly string[]): BootRequest['start'] {
  return {
    by: 'kernel',
    kernelPath: image.kernelPath,
    initrdPath: image.initrdPath,
    commandLine: [
      `root=LABEL=${rootFileSystemLabel}`,
      'rw',
      ...added,
      'console=ttyS0',
      'panic=-1',
      'quiet',
      'systemd.show_status=1',
      'TERM=dumb',
    ],
  };
}
