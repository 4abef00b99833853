import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProcessRunner } from '../../../../src/adapters/process/child-processes.ts';
import type { ProcessRunner } from '../../../../src/adapters/process/process.ts';
import { findAcceleration } from '../../../../src/adapters/runtime/qemu/acceleration.ts';
import { probeExitCode, probeFirmware } from '../../../../src/adapters/runtime/qemu/probe-firmware.ts';
import { commonArguments } from '../../../../src/adapters/runtime/qemu/qemu-arguments.ts';
import { testWorkContext } from '../../../rig/work-context.ts';

const emulator = 'qemu-system-x86_64';

test('the probe firmware gets to long mode and ends the machine with its own exit code', async () => {
  const { folder } = testWorkContext();
  const path = join(folder, 'probe.bin');
  await writeFile(path, probeFirmware());
  const result = await createProcessRunner().run(
    {
      file: emulator,
      arguments: [
        ...commonArguments('tcg'),
        '-m',
        '16M',
        '-bios',
        path,
        '-device',
        'isa-debug-exit,iobase=0xf4,iosize=1',
      ],
    },
    { timeoutMs: 30_000 },
  );
  expect(result).toMatchObject({ ended: 'exited', exitCode: probeExitCode });
});

test('the answer is kept for this boot of the host and this version, and asked anew for another', async () => {
  const context = testWorkContext();
  let started = 0;
  const processes: ProcessRunner = {
    ...createProcessRunner(),
    run: async () => {
      started += 1;
      return { ended: 'timed-out', stdout: Buffer.alloc(0), stderr: '' };
    },
  };
  const options = { emulator, emulatorVersion: '7.2', cacheFolder: join(context.folder, 'remembered') };
  const first = await findAcceleration(processes, options, context);
  const probes = started;
  expect(first.name).toBe('tcg');
  expect(await findAcceleration(processes, options, context)).toEqual(first);
  expect(started).toBe(probes);
  await findAcceleration(processes, { ...options, emulatorVersion: '8.0' }, context);
  expect(started).toBe(2 * probes);
  expect(readdirSync(context.scratch.path)).toEqual([]);
});

test('a cache that says nonsense is asked no further', async () => {
  const context = testWorkContext();
  await writeFile(join(context.folder, 'qemu-acceleration.json'), '{"host": 1, "name": "magic"}');
  const options = { emulator, emulatorVersion: '7.2', cacheFolder: context.folder };
  const found = await findAcceleration(createProcessRunner(), options, context);
  expect(['kvm', 'tcg']).toContain(found.name);
});
