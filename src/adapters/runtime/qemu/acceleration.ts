import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject } from '../../../model/json.ts';
import type { ProcessRunner } from '../../process/process.ts';
import type { WorkContext } from '../../work-context.ts';
import { probeExitCode, probeFirmware } from './probe-firmware.ts';
import { type AccelerationName, commonArguments } from './qemu-arguments.ts';

const probeDeadlineMs = 3000;
const memoryName = 'qemu-acceleration.json';

/** Which accelerator machines get, and why. */
export interface Acceleration {
  readonly name: AccelerationName;
  readonly reason: string;
}

/**
 * KVM where a probe machine ran to its end with it, else TCG. That /dev/kvm is there, or opens, shows nothing: there
 * are hosts where machines hang or QEMU aborts. The answer is kept in the cache folder for this boot of the host
 * and this version of QEMU.
 */
export async function findAcceleration(
  processes: ProcessRunner,
  options: { readonly emulator: string; readonly emulatorVersion: string; readonly cacheFolder: string },
  context: WorkContext,
): Promise<Acceleration> {
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  const host = `${bootId} ${options.emulatorVersion}`;
  const remembered = await recall(options.cacheFolder, host);
  if (remembered !== undefined) {
    return remembered;
  }
  const found = await probe(processes, options.emulator, context);
  if (!context.signal.aborted) {
    await remember(options.cacheFolder, host, found);
  }
  return found;
}

async function probe(
  processes: ProcessRunner,
  emulator: string,
  context: WorkContext,
): Promise<Acceleration> {
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return {
      name: 'tcg',
      reason: missing ? 'there is no /dev/kvm' : '/dev/kvm may not be opened by this user',
    };
  }
  const firmware = join(context.scratch.path, `probe-${randomUUID()}.bin`);
  await writeFile(firmware, probeFirmware());
  const result = await processes.run(
    {
      file: emulator,
      arguments: [
        ...commonArguments('kvm'),
        '-m',
        '16M',
        '-bios',
        firmware,
        '-device',
        'isa-debug-exit,iobase=0xf4,iosize=1',
      ],
    },
    { timeoutMs: probeDeadlineMs, signal: context.signal },
  );
  await rm(firmware, { force: true });
  if (result.ended === 'exited' && result.exitCode === probeExitCode) {
    return { name: 'kvm', reason: 'a probe machine ran with KVM' };
  }
  const why = result.ended === 'timed-out' ? `hung for ${probeDeadlineMs} ms` : 'did not run';
  return { name: 'tcg', reason: `/dev/kvm is there, but a probe machine ${why} with KVM` };
}

async function recall(cacheFolder: string, host: string): Promise<Acceleration | undefined> {
  try {
    const kept: unknown = JSON.parse(await readFile(join(cacheFolder, memoryName), 'utf8'));
    if (isJsonObject(kept) && kept['host'] === host && typeof kept['reason'] === 'string') {
      const { name, reason } = kept;
      return name === 'kvm' || name === 'tcg' ? { name, reason } : undefined;
    }
  } catch {
    // Not there, or not ours: the probe answers again.
  }
  return undefined;
}

async function remember(cacheFolder: string, host: string, found: Acceleration): Promise<void> {
  const path = join(cacheFolder, memoryName);
  const temporary = `${path}.${randomUUID()}`;
  try {
    await mkdir(cacheFolder, { recursive: true });
    await writeFile(temporary, JSON.stringify({ host, ...found }));
    await rename(temporary, path);
  } catch {
    // A cache that cannot be written costs the next run a probe.
  }
}
