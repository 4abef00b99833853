import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDiskPacker } from '../../src/adapters/packer/disk-packer.ts';
import { createOciPacker } from '../../src/adapters/packer/oci-packer.ts';
import type { OutputFormat } from '../../src/adapters/packer/packer.ts';
import { createRootfsPacker } from '../../src/adapters/packer/rootfs-packer.ts';
import { createSquashfsPacker } from '../../src/adapters/packer/squashfs-packer.ts';
import { createProcessRunner } from '../../src/adapters/process/child-processes.ts';
import { createMemoryScratch } from '../../src/adapters/scratch/memory-scratch.ts';
import { createFileSystemStore } from '../../src/adapters/store/file-system-store.ts';
import { createToolProbe } from '../../src/adapters/tools/tool-probe.ts';
import { actionId } from '../../src/model/action.ts';
import { createPackStage } from '../../src/stages/pack.ts';
import { asJson } from '../../src/stages/stage-input.ts';
import { tarChunks } from '../../src/tree/tar-chunks.ts';
import { expectDiagnostic, expectValue } from '../rig/expect-result.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';
import { file, treeOf } from '../rig/tree-builder.ts';

const canMount =
  process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true'], { stdio: 'ignore' }).status === 0;

/** A disk of this size that is gone when the test ends. */
function smallDisk(sizeBytes: number): string {
  const path = join(temporaryFolder(), 'disk');
  mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', path]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', path]));
  return path;
}

describe.skipIf(!canMount)('packing on a disk that becomes full', () => {
  it.each<readonly OutputFormat[]>([['rootfs'], ['squashfs'], ['qcow2'], ['raw', 'qcow2'], ['oci']])(
    'says so and leaves nothing behind: %s',
    async (...outputs) => {
      const disk = smallDisk(512 * 1024);
      const processes = createProcessRunner();
      const cache = createFileSystemStore({ folder: join(temporaryFolder(), 'cache'), durable: false });
      const blob = expectValue(
        await cache.put(tarChunks(treeOf(file('data', randomBytes(4 * 1024 * 1024))))),
      );
      const stage = createPackStage({
        packers: [
          createRootfsPacker(processes),
          createSquashfsPacker(processes),
          createDiskPacker(processes),
          createOciPacker(),
        ],
        tools: createToolProbe({ processes, searchPath: [] }),
      });
      const resource = { kind: 'SandboxImageSpec', name: 'lab' };
      const before = actionId(resource, 'customise');
      const image = { name: 'lab', architecture: 'amd64' };
      const shape = { sizeBytes: 64 * 1024 * 1024, bootLoader: 'none', kernelCommandLine: [] };
      const scratch = expectValue(
        await createMemoryScratch({
          processes,
          report: ({ message }) => expect.unreachable(message),
          memoryFolder: disk,
          diskFolder: disk,
        }).create('pack', 1),
      );
      const result = await stage.run(
        {
          id: actionId(resource, 'pack'),
          resource,
          stage: 'pack',
          effect: 'pure',
          needs: [before],
          input: asJson({ outputs, image, disk: shape }),
          timeoutMs: 60_000,
        },
        {
          scratch,
          cache,
          log: () => {},
          signal: new AbortController().signal,
          timeoutMs: 60_000,
          needs: new Map([[before, { blobs: { tree: blob }, data: { sourceDateEpoch: 1_700_000_000 } }]]),
        },
      );
      const diagnostic = expectDiagnostic(result);
      expect(`${diagnostic.code} ${diagnostic.message}`).toMatch(/no space/i);
      expect(diagnostic.hint).toContain('space');
      expect(diagnostic.failure).toBe('transient');
      await scratch[Symbol.asyncDispose]();
      expect(readdirSync(disk)).toEqual([]);
      expect((await cache.has([blob.digest])).size).toBe(1);
    },
  );
});
