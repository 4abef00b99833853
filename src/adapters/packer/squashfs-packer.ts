import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { type Result, success } from '../../model/result.ts';
import type { Command, ProcessRunner } from '../process/process.ts';
import type { WorkContext } from '../work-context.ts';
import type { PackedArtifact, Packer, PackRequest } from './packer.ts';
import { runTool } from './run-tool.ts';
import { storeArtifact } from './store-artifact.ts';
import { withFiles } from './with-files.ts';

/**
 * `rootfs.squashfs`, straight from the normalised tar. mksquashfs in tar mode instead of sqfstar, which in 4.5.1
 * misreads compressor options. The file system's own time comes from SOURCE_DATE_EPOCH; together with -mkfs-time
 * that would be an error.
 */
export function createSquashfsPacker(processes: ProcessRunner): Packer {
  return {
    outputs: ['squashfs'],
    version: 1,
    tools: () => [
      {
        command: 'mksquashfs',
        versionArguments: ['-version'],
        minimum: '4.5',
        debianPackage: 'squashfs-tools',
        purpose: 'packs rootfs.squashfs',
      },
    ],
    pack: (request, context) =>
      withFiles(`packing the squashfs of ${request.image.name}`, context, () =>
        packSquashfs(processes, request, context),
      ),
  };
}

async function packSquashfs(
  processes: ProcessRunner,
  request: PackRequest,
  context: WorkContext,
): Promise<Result<readonly PackedArtifact[]>> {
  const path = join(context.scratch.path, 'rootfs.squashfs');
  await using tar = await open(request.treePath);
  const command = asRoot({
    file: 'mksquashfs',
    arguments: [
      ...['-', path, '-tar', '-quiet', '-no-progress', '-exit-on-error', ...compression],
      ...['-root-mode', (request.tree.entries[0]?.mode ?? 0o755).toString(8)],
    ],
    environment: { SOURCE_DATE_EPOCH: String(request.sourceDateEpoch) },
  });
  const run = await runTool(processes, command, context, {
    what: `packing the squashfs of ${request.image.name}`,
    stdin: tar.createReadStream({ highWaterMark: 1024 * 1024, autoClose: false }),
    stdoutTo: 'log',
  });
  if (!run.ok) {
    return run;
  }
  const description = {
    name: 'rootfs.squashfs',
    format: 'squashfs',
    mediaType: 'application/vnd.squashfs',
  } as const;
  const artifact = await storeArtifact(path, description, context);
  return artifact.ok ? success([artifact.value]) : artifact;
}

/** zstd 3 is twenty times as fast as the default 15, and 13 % larger. */
const compression = ['-comp', 'zstd', '-Xcompression-level', '3', '-b', '131072'];

/**
 * mksquashfs 4.5.1 takes no root folder from a tar: its time becomes the epoch, its owner whoever runs it, and of
 * the options for it only the mode has an effect. So it runs as root, if need be as root of a user namespace.
 */
function asRoot(command: Command): Command {
  return getuid?.() === 0
    ? command
    : {
        ...command,
        file: 'unshare',
        arguments: ['--user', '--map-root-user', '--', command.file, ...command.arguments],
      };
}
