import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Result, success } from '../../../model/result.ts';
import type { ProcessRunner } from '../../process/process.ts';
import type { WorkContext } from '../../work-context.ts';
import type { MicroBootReport, MicroBootRequest } from '../runtime.ts';
import { captureConsole } from './console-capture.ts';
import { kernelModules } from './kernel-modules.ts';
import { kernelVersion } from './kernel-version.ts';
import { endedWithin, machineEnding } from './machine-ending.ts';
import { startMachineProcess } from './machine-process.ts';
import { microInitScript } from './micro-init-script.ts';
import { microInitrd, moduleFile } from './micro-initrd.ts';
import { type MicroReport, readMicroReport } from './micro-report.ts';
import {
  type AccelerationName,
  commonArguments,
  diskArguments,
  shapeArguments,
  socketArguments,
} from './qemu-arguments.ts';
import { runtimeProblem } from './runtime-problem.ts';
import { readStaticBusybox } from './static-busybox.ts';

const neededModules = ['virtio_pci', 'virtio_blk', 'ext4', 'overlay'] as const;
const reportLimitBytes = 64 * 1024 * 1024;
/** What is kept of the time for QEMU to end by itself. */
const endingMs = 1000;

const commandLine = [
  'console=ttyS0',
  'quiet',
  'panic=-1',
  'rdinit=/init',
  'mitigations=off',
  'tsc=reliable',
  'random.trust_cpu=on',
] as const;

/**
 * Boots the image's kernel with our own initrd, runs the commands in a chroot of the image's root file system and
 * reads the report from the second serial port. Gives a report for whatever the machine did; a failure only where
 * there was no machine (SK6001, SK6002, SK6009, SK6012).
 */
export async function microBoot(
  host: {
    readonly processes: ProcessRunner;
    readonly emulator: string;
    readonly busyboxPath: string;
    readonly acceleration: AccelerationName;
  },
  request: MicroBootRequest,
  context: WorkContext,
): Promise<Result<MicroBootReport>> {
  const startedAt = Date.now();
  const nonce = randomBytes(16).toString('hex');
  const initrd = await makeInitrd(host.busyboxPath, request, nonce, context.timeoutMs);
  if (!initrd.ok) {
    return initrd;
  }
  const initrdPath = join(context.scratch.path, `micro-${nonce}.cpio`);
  await writeFile(initrdPath, initrd.value);
  try {
    const started = await startMachineProcess(
      host.processes,
      host.emulator,
      { arguments: machineArguments(request, initrdPath, host.acceleration), sockets: ['report'] },
      context,
    );
    if (!started.ok) {
      return started;
    }
    await using machine = started.value;
    const connected = machine
      .socket('report')
      .then((socket) => socket && captureConsole(socket, reportLimitBytes));
    const ended = await endedWithin(machine.ended, context.timeoutMs - (Date.now() - startedAt) - endingMs);
    if (ended === undefined) {
      await machine.stop();
    }
    const ending = machineEnding(ended);
    if (ending !== undefined) {
      return ending;
    }
    const reportBytes = (await connected)?.bytes() ?? new Uint8Array();
    const report = readMicroReport(reportBytes, nonce, request.commands.length);
    const problem = reportProblem(report, ended === undefined);
    return success({
      mounted: report.mounted,
      results: report.results,
      ...(problem !== undefined && { problem }),
      console: machine.console.bytes(),
      durationMs: Date.now() - startedAt,
    });
  } finally {
    await rm(initrdPath, { force: true });
  }
}

async function makeInitrd(
  busyboxPath: string,
  request: MicroBootRequest,
  nonce: string,
  timeoutMs: number,
): Promise<Result<Buffer>> {
  if (request.commands.some(({ run }) => run.some((word) => word.includes('\0')))) {
    return runtimeProblem(
      'SK6013',
      'a command has a NUL character',
      'remove it: no program takes one as argument',
    );
  }
  const busybox = await readStaticBusybox(busyboxPath);
  if (!busybox.ok) {
    return busybox;
  }
  const version = await kernelVersion(request.kernelPath);
  if (!version.ok) {
    return version;
  }
  const modules = kernelModules(request.tree, version.value, neededModules);
  if (!modules.ok) {
    return modules;
  }
  const script = microInitScript({
    moduleFiles: modules.value.map(({ file }) => `/${moduleFile(file)}`),
    commands: request.commands,
    nonce,
    commandTimeoutMs: timeoutMs / 2,
  });
  return success(microInitrd(busybox.value, modules.value, script));
}

function machineArguments(
  request: MicroBootRequest,
  initrdPath: string,
  acceleration: AccelerationName,
): readonly string[] {
  return [
    ...commonArguments(acceleration),
    ...shapeArguments(request.shape),
    ...diskArguments(request.disk),
    ...socketArguments('report'),
    '-serial',
    'chardev:report',
    '-kernel',
    request.kernelPath,
    '-initrd',
    initrdPath,
    '-append',
    commandLine.join(' '),
  ];
}

function reportProblem(report: MicroReport, timedOut: boolean): string | undefined {
  if (report.complete) {
    return undefined;
  }
  const how = timedOut ? 'was stopped at its time limit' : 'ended';
  return report.mounted
    ? `the machine ${how} before all commands were done`
    : `the machine ${how} before the root file system was mounted`;
}
