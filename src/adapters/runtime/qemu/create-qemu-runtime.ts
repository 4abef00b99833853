import type { ToolRequirement, ToolVersions } from '../../../model/tool.ts';
import type { ProcessRunner } from '../../process/process.ts';
import type { WorkContext } from '../../work-context.ts';
import type { Runtime } from '../runtime.ts';
import { type Acceleration, findAcceleration } from './acceleration.ts';
import { bootMachine } from './boot-machine.ts';
import { microBoot } from './micro-boot.ts';

const emulator = 'qemu-system-x86_64';

const tools: readonly ToolRequirement[] = [
  {
    command: emulator,
    versionArguments: ['--version'],
    minimum: '7.2',
    debianPackage: 'qemu-system-x86',
    purpose: 'boots images for smoke tests',
  },
  {
    command: 'busybox',
    versionArguments: ['--help'],
    minimum: '1.35',
    debianPackage: 'busybox-static',
    purpose: 'is the user space of the micro boot (tier 1)',
  },
  {
    command: 'setpriv',
    versionArguments: ['--version'],
    debianPackage: 'util-linux',
    purpose: 'ends machines with the process that started them',
  },
];

/**
 * Machines by QEMU: q35, KVM where it works, else TCG. `cacheFolder` remembers which, `firmwareFolder` holds OVMF,
 * `busyboxPath` is a static busybox.
 */
export function createQemuRuntime(options: {
  readonly processes: ProcessRunner;
  readonly cacheFolder: string;
  readonly firmwareFolder?: string;
  readonly busyboxPath?: string;
}): Runtime {
  const { processes, cacheFolder } = options;
  const firmwareFolder = options.firmwareFolder ?? '/usr/share/OVMF';
  const busyboxPath = options.busyboxPath ?? '/bin/busybox';

  async function toolVersions(): Promise<ToolVersions> {
    const versions = await Promise.all(
      tools.map(async ({ command, versionArguments }) => {
        const version = await toolVersion(processes, command, versionArguments);
        return version === undefined ? [] : [[command, version] as const];
      }),
    );
    return Object.fromEntries(versions.flat());
  }

  async function acceleration(context: WorkContext): Promise<Acceleration> {
    const emulatorVersion = (await toolVersion(processes, emulator, ['--version'])) ?? 'unknown';
    return findAcceleration(processes, { emulator, emulatorVersion, cacheFolder }, context);
  }

  return {
    name: 'qemu',
    version: 1,
    tools,
    acceleration,
    toolVersions,
    microBoot: async (request, context) => {
      const { name } = await acceleration(context);
      return microBoot({ processes, emulator, busyboxPath, acceleration: name }, request, context);
    },
    boot: async (request, context) => {
      const { name } = await acceleration(context);
      return bootMachine({ processes, emulator, firmwareFolder, acceleration: name }, request, context);
    },
  };
}

async function toolVersion(
  processes: ProcessRunner,
  command: string,
  versionArguments: readonly string[],
): Promise<string | undefined> {
  const result = await processes.run({ file: command, arguments: versionArguments }, { timeoutMs: 10_000 });
  return /[0-9]+(?:\.[0-9]+)+/.exec(`${result.stdout.toString('utf8', 0, 4096)}${result.stderr}`)?.[0];
}
