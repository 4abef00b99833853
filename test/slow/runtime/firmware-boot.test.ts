import { expect, test } from 'vitest';
import { createDiskPacker } from '../../../src/adapters/packer/disk-packer.ts';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import { readTree } from '../../../src/tree/read-tree.ts';
import { debianGuest } from '../../rig/debian-guest.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { runSmokeStage, smokeSpec } from '../../rig/run-smoke-stage.ts';
import { testWorkContext } from '../../rig/work-context.ts';

test('a disk with a boot loader starts by BIOS and by UEFI firmware, and by its kernel', async () => {
  const guest = await debianGuest();
  const context = testWorkContext({ timeoutMs: 600_000 });
  const tree = expectValue(await context.cache.putFile(guest.treePath));
  const packed = expectValue(
    await createDiskPacker(createProcessRunner()).pack(
      {
        outputs: ['qcow2'],
        tree: expectValue(await readTree(guest.treePath)),
        treePath: guest.treePath,
        treeDigest: tree.digest,
        image: { name: 'guest', architecture: 'amd64' },
        sourceDateEpoch: 1_760_000_000,
        disk: { sizeBytes: 2 * 1024 ** 3, bootLoader: 'grub', kernelCommandLine: ['console=ttyS0'] },
        parents: [],
      },
      context,
    ),
  );
  const blobs = {
    tree,
    ...Object.fromEntries(packed.map(({ name, blob }) => [name, blob])),
  };
  const spec = smokeSpec({
    outputs: ['qcow2'],
    disk: { bootLoader: 'grub' },
    smokeTests: [{ name: 'agent', tier: 3, guestAgent: 'ping' }],
  });
  const firmware = expectValue(await runSmokeStage(3, spec, blobs, context));
  expect(firmware.data['results']).toEqual([
    { name: 'built-in: init reaches its target (bios)', tier: 3, outcome: 'passed' },
    { name: 'agent (bios)', tier: 3, outcome: 'passed' },
    { name: 'built-in: init reaches its target (uefi)', tier: 3, outcome: 'passed' },
    { name: 'agent (uefi)', tier: 3, outcome: 'passed' },
  ]);
  const direct = expectValue(await runSmokeStage(2, spec, blobs, context));
  expect(direct.data['results']).toEqual([
    { name: 'built-in: init reaches its target', tier: 2, outcome: 'passed' },
  ]);
  const micro = expectValue(await runSmokeStage(1, spec, blobs, context));
  expect(micro.data['results']).toMatchObject([{ outcome: 'passed' }, { outcome: 'passed' }]);
});
