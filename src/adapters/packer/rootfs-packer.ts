import { join } from 'node:path';
import { success } from '../../model/result.ts';
import type { ProcessRunner } from '../process/process.ts';
import type { Packer } from './packer.ts';
import { runTool } from './run-tool.ts';
import { storeArtifact } from './store-artifact.ts';

/**
 * `rootfs.tar.zst`: the normalised tar itself, compressed. Level and worker mode are pinned: output with any number
 * of workers is equal, output without workers (`--single-thread`) is not.
 */
export function createRootfsPacker(processes: ProcessRunner): Packer {
  return {
    outputs: ['rootfs'],
    version: 1,
    tools: () => [
      {
        command: 'zstd',
        versionArguments: ['--version'],
        minimum: '1.5',
        debianPackage: 'zstd',
        purpose: 'packs rootfs.tar.zst',
      },
    ],
    async pack(request, context) {
      const path = join(context.scratch.path, 'rootfs.tar.zst');
      const command = {
        file: 'zstd',
        arguments: ['--quiet', '-3', '-T2', '--no-progress', '-o', path, '--', request.treePath],
      };
      const run = await runTool(processes, command, context, {
        what: `packing the rootfs of ${request.image.name}`,
      });
      if (!run.ok) {
        return run;
      }
      const artifact = await storeArtifact(
        path,
        { name: 'rootfs.tar.zst', format: 'rootfs', mediaType: 'application/zstd' },
        context,
      );
      return artifact.ok ? success([artifact.value]) : artifact;
    },
  };
}
