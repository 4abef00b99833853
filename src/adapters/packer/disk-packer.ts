import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { ToolRequirement } from '../../model/tool.ts';
import { contentChunks } from '../../tree/read-text.ts';
import type { TreeFile } from '../../tree/tree.ts';
import { treeProblem } from '../../tree/tree-problem.ts';
import type { ProcessRunner } from '../process/process.ts';
import type { WorkContext } from '../work-context.ts';
import { grubTools, makeGrubDisk } from './disk/grub-disk.ts';
import { imageIdentity } from './disk/image-identity.ts';
import { kernelOfTree } from './disk/kernel-of-tree.ts';
import { makeExt4 } from './disk/make-ext4.ts';
import type { PackedArtifact, Packer, PackRequest } from './packer.ts';
import { runTool } from './run-tool.ts';
import { storeArtifact } from './store-artifact.ts';
import { withFiles } from './with-files.ts';

/**
 * `disk.raw` and `disk.qcow2`, both of one ext4 file system. Without a boot loader the whole disk is that file
 * system, and the newest kernel of the tree comes along as `vmlinuz` and `initrd.img`; with GRUB the disk has a GPT
 * and starts from BIOS and UEFI. No root, no mounts, no loop devices.
 */
export function createDiskPacker(processes: ProcessRunner): Packer {
  return {
    outputs: ['raw', 'qcow2'],
    version: 1,
    tools: ({ outputs, disk }) => [
      ...ext4Tools,
      ...(outputs.includes('qcow2') ? [qemuImage] : []),
      ...(disk.bootLoader === 'grub' ? grubTools : []),
    ],
    pack: (request, context) =>
      withFiles(`packing the disk of ${request.image.name}`, context, () =>
        packDisk(processes, request, context),
      ),
  };
}

async function packDisk(
  processes: ProcessRunner,
  request: PackRequest,
  context: WorkContext,
): Promise<Result<readonly PackedArtifact[]>> {
  const { sizeBytes, bootLoader } = request.disk;
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes % sectorBytes !== 0) {
    return failure(oddSize(sizeBytes));
  }
  const raw = join(context.scratch.path, 'disk.raw');
  makeSparse(raw, sizeBytes);
  const identity = imageIdentity(request);
  const made =
    bootLoader === 'grub'
      ? await makeGrubDisk(processes, request, identity, raw, context)
      : await makeExt4(processes, request, identity, { path: raw, offset: 0, sizeBytes }, context);
  if (!made.ok) {
    return made;
  }
  const artifacts: PackedArtifact[] = [];
  for (const pack of [packQcow2, packRaw, packKernel]) {
    const packed = await pack(processes, request, raw, context);
    if (!packed.ok) {
      return packed;
    }
    artifacts.push(...packed.value);
  }
  return success(artifacts);
}

type PackPart = (
  processes: ProcessRunner,
  request: PackRequest,
  raw: string,
  context: WorkContext,
) => Promise<Result<readonly PackedArtifact[]>>;

/** Plain version 3: without out-of-order writes the bytes follow from the disk. Compression would cost twice the time. */
const packQcow2: PackPart = async (processes, request, raw, context) => {
  if (!request.outputs.includes('qcow2')) {
    return success([]);
  }
  const path = join(context.scratch.path, 'disk.qcow2');
  const options = 'compat=1.1,cluster_size=65536,lazy_refcounts=off';
  const command = {
    file: 'qemu-img',
    arguments: ['convert', '-f', 'raw', '-O', 'qcow2', '-o', options, raw, path],
  };
  const run = await runTool(processes, command, context, {
    what: `making the qcow2 of ${request.image.name}`,
  });
  if (!run.ok) {
    return run;
  }
  const artifact = { name: 'disk.qcow2', format: 'qcow2', mediaType: 'application/x-qcow2' } as const;
  return asList(await storeArtifact(path, artifact, context));
};

const packRaw: PackPart = async (_processes, request, raw, context) => {
  const artifact = { name: 'disk.raw', format: 'raw', mediaType: 'application/x-raw-disk-image' } as const;
  return request.outputs.includes('raw') ? asList(await storeArtifact(raw, artifact, context)) : success([]);
};

const packKernel: PackPart = async (_processes, request, _raw, context) => {
  const found = request.disk.bootLoader === 'none' ? kernelOfTree(request.tree) : undefined;
  const files: readonly (readonly [string, 'kernel' | 'initrd', TreeFile | undefined])[] = [
    ['vmlinuz', 'kernel', found?.kernel],
    ['initrd.img', 'initrd', found?.initrd],
  ];
  const artifacts: PackedArtifact[] = [];
  for (const [name, format, file] of files) {
    if (file !== undefined) {
      const blob = await context.cache.put(contentChunks(file));
      if (!blob.ok) {
        return blob;
      }
      artifacts.push({ name, format, mediaType: 'application/octet-stream', blob: blob.value });
    }
  }
  return success(artifacts);
};

function asList(artifact: Result<PackedArtifact>): Result<readonly PackedArtifact[]> {
  return artifact.ok ? success([artifact.value]) : artifact;
}

const sectorBytes = 512;

function makeSparse(path: string, sizeBytes: number): void {
  const descriptor = openSync(path, 'wx');
  ftruncateSync(descriptor, sizeBytes);
  closeSync(descriptor);
}

function oddSize(sizeBytes: number): Diagnostic {
  return treeProblem(
    'SK5026',
    `a disk of ${sizeBytes} bytes has no whole number of sectors`,
    'give the size in MiB or GiB',
  );
}

const ext4Tools: readonly ToolRequirement[] = [
  {
    command: 'mke2fs',
    versionArguments: ['-V'],
    minimum: '1.47.0',
    debianPackage: 'e2fsprogs',
    purpose: 'makes ext4 file systems',
  },
  {
    command: 'debugfs',
    versionArguments: ['-V'],
    minimum: '1.47.0',
    debianPackage: 'e2fsprogs',
    purpose: 'sets extended attributes in ext4 file systems',
  },
];

const qemuImage: ToolRequirement = {
  command: 'qemu-img',
  versionArguments: ['--version'],
  minimum: '7.2',
  debianPackage: 'qemu-utils',
  purpose: 'makes qcow2 disks',
};
