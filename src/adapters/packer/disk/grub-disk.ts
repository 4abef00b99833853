import { closeSync, openSync, readFileSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result } from '../../../model/result.ts';
import type { ToolRequirement } from '../../../model/tool.ts';
import { treeProblem } from '../../../tree/tree-problem.ts';
import type { Command, ProcessRunner } from '../../process/process.ts';
import type { WorkContext } from '../../work-context.ts';
import type { PackRequest } from '../packer.ts';
import { runTool } from '../run-tool.ts';
import { earlyConfiguration, grubConfiguration, grubModules } from './grub-config.ts';
import type { ImageIdentity } from './image-identity.ts';
import { kernelOfTree } from './kernel-of-tree.ts';
import { makeExt4 } from './make-ext4.ts';

const sectorBytes = 512;
const mebibyte = 2 ** 20;
const bios = { offset: mebibyte, sizeBytes: mebibyte };
/** As small as FAT32 may be with clusters of one sector. */
const esp = { offset: 2 * mebibyte, sizeBytes: 38 * mebibyte };
const rootOffset = 40 * mebibyte;
/** The second GPT is in the last 33 sectors. */
const tailBytes = mebibyte;
const biosModulesFolder = '/usr/lib/grub/i386-pc';

/**
 * Fills a sparse file with a disk that starts from BIOS and from UEFI: GPT with a BIOS boot partition, an EFI system
 * partition with the configuration, and the root file system. All identifiers follow from the image. SK5024 where
 * the tree has no kernel, SK5027 for another architecture than amd64. Throws system errors.
 */
export async function makeGrubDisk(
  processes: ProcessRunner,
  request: PackRequest,
  identity: ImageIdentity,
  diskPath: string,
  context: WorkContext,
): Promise<Result<void>> {
  const { image, disk, sourceDateEpoch } = request;
  if (image.architecture !== 'amd64') {
    return failure(
      treeProblem(
        'SK5027',
        `${image.name} is for ${image.architecture}, and GRUB disks are made for amd64 only`,
        'set the boot loader to `none`',
      ),
    );
  }
  const kernel = kernelOfTree(request.tree);
  if (kernel === undefined) {
    return failure(
      treeProblem(
        'SK5024',
        `${image.name} has no kernel in /boot for GRUB to start`,
        'add a kernel package such as linux-image-cloud-amd64',
      ),
    );
  }
  const configuration = grubConfiguration(kernel, identity.uuid('root file system'), disk.kernelCommandLine);
  if (!configuration.ok) {
    return configuration;
  }
  const root = {
    path: diskPath,
    offset: rootOffset,
    sizeBytes: wholeMebibytes(disk.sizeBytes - rootOffset - tailBytes),
  };
  if (root.sizeBytes <= 0) {
    return failure(
      treeProblem(
        'SK5021',
        `a disk of ${disk.sizeBytes} bytes has no room for GRUB and a root file system`,
        'set the disk size to 512 MiB or more',
      ),
    );
  }
  const inScratch = (name: string): string => join(context.scratch.path, name);
  writeFileSync(inScratch('early.cfg'), earlyConfiguration(identity.serial('esp')));
  writeFileSync(inScratch('grub.cfg'), configuration.value);
  const what = `making the GRUB disk of ${image.name}`;
  const steps: readonly (readonly [Command, string?])[] = [
    [grubImage('i386-pc', ['biosdisk'], inScratch('early.cfg'), inScratch('core.img'))],
    [grubImage('x86_64-efi', ['efi_gop', 'efi_uga'], inScratch('early.cfg'), inScratch('BOOTX64.EFI'))],
    [
      { file: 'sfdisk', arguments: ['--quiet', '--no-reread', '--no-tell-kernel', diskPath] },
      partitions(identity, root.sizeBytes),
    ],
    [
      {
        file: 'mkfs.fat',
        arguments: [
          ...[
            '--invariant',
            '-F',
            '32',
            '-s',
            '1',
            '-S',
            String(sectorBytes),
            '-n',
            'SANDKILN',
            '-i',
            identity.serial('esp'),
          ],
          ...['--offset', String(esp.offset / sectorBytes), diskPath, String(esp.sizeBytes / 1024)],
        ],
        environment: { SOURCE_DATE_EPOCH: String(sourceDateEpoch) },
      },
    ],
  ];
  for (const [command, stdin] of steps) {
    const run = await runTool(processes, command, context, {
      what,
      stdoutTo: 'log',
      ...(stdin !== undefined && { stdin }),
    });
    if (!run.ok) {
      return run;
    }
  }
  for (const [command, ...files] of espCommands(diskPath, inScratch)) {
    for (const file of files) {
      utimesSync(file, sourceDateEpoch, sourceDateEpoch);
    }
    const environment = {
      SOURCE_DATE_EPOCH: String(sourceDateEpoch),
      MTOOLS_SKIP_CHECK: '1',
      MTOOLSRC: '/dev/null',
    };
    const run = await runTool(processes, { ...command, environment }, context, { what, stdoutTo: 'log' });
    if (!run.ok) {
      return run;
    }
  }
  installBiosCode(diskPath, readFileSync(inScratch('core.img')));
  return makeExt4(processes, request, identity, root, context);
}

function wholeMebibytes(sizeBytes: number): number {
  return Math.floor(sizeBytes / mebibyte) * mebibyte;
}

function grubImage(platform: string, modules: readonly string[], early: string, output: string): Command {
  return {
    file: 'grub-mkimage',
    arguments: ['-O', platform, '-p', '/grub', '-c', early, '-o', output, ...modules, ...grubModules],
  };
}

/** Input of sfdisk; sizes in sectors, types as in the UEFI specification and the Discoverable Partitions one. */
function partitions(identity: ImageIdentity, rootBytes: number): string {
  const line = (name: string, type: string, offset: number, sizeBytes: number): string =>
    `start=${offset / sectorBytes}, size=${sizeBytes / sectorBytes}, type=${type}, uuid=${identity.uuid(`partition ${name}`)}, name="${name}"`;
  return [
    'label: gpt',
    `label-id: ${identity.uuid('partition table')}`,
    'first-lba: 2048',
    line('bios', '21686148-6449-6E6F-744E-656564454649', bios.offset, bios.sizeBytes),
    line('esp', 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B', esp.offset, esp.sizeBytes),
    line('root', '4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709', rootOffset, rootBytes),
    '',
  ].join('\n');
}

/** mtools commands that fill the EFI system partition, each with the files that it copies. */
function espCommands(
  diskPath: string,
  inScratch: (name: string) => string,
): readonly (readonly [Command, ...string[]])[] {
  const image = `${diskPath}@@${esp.offset}`;
  const copy = (name: string, target: string): readonly [Command, string] => [
    { file: 'mcopy', arguments: ['-m', '-i', image, inScratch(name), target] },
    inScratch(name),
  ];
  return [
    [{ file: 'mmd', arguments: ['-i', image, '::/EFI', '::/EFI/BOOT', '::/grub'] }],
    copy('BOOTX64.EFI', '::/EFI/BOOT/BOOTX64.EFI'),
    copy('grub.cfg', '::/grub/grub.cfg'),
  ];
}

/**
 * Writes GRUB's first sector into the MBR beside the protective partition table, and the core image into the BIOS
 * boot partition, each told where the next part lies (GRUB manual, "BIOS installation"; offsets as in boot.S and
 * diskboot.S).
 */
function installBiosCode(diskPath: string, core: Buffer): void {
  if (core.length > bios.sizeBytes) {
    throw new RangeError('the GRUB core image does not fit its partition');
  }
  const firstSector = BigInt(bios.offset / sectorBytes);
  const boot = readFileSync(join(biosModulesFolder, 'boot.img')).subarray(0, 440);
  boot.writeBigUInt64LE(firstSector, 0x5c);
  // Trust no BIOS about the drive number: two no-operations instead of the jump over the check.
  boot.fill(0x90, 0x66, 0x68);
  const blockList = sectorBytes - 12;
  core.writeBigUInt64LE(firstSector + 1n, blockList);
  core.writeUInt16LE(Math.ceil(core.length / sectorBytes) - 1, blockList + 8);
  const descriptor = openSync(diskPath, 'r+');
  try {
    writeSync(descriptor, boot, 0, boot.length, 0);
    writeSync(descriptor, core, 0, core.length, bios.offset);
  } finally {
    closeSync(descriptor);
  }
}

export const grubTools: readonly ToolRequirement[] = [
  tool('grub-mkimage', 'grub-common', 'makes GRUB images (with grub-pc-bin and grub-efi-amd64-bin)', '2.06'),
  tool('sfdisk', 'fdisk', 'writes partition tables', '2.38'),
  // mkfs.fat itself tells no version.
  tool('fatlabel', 'dosfstools', 'makes EFI system partitions (mkfs.fat of the same package)', '4.2'),
  tool('mcopy', 'mtools', 'fills EFI system partitions', '4.0.32'),
];

function tool(command: string, debianPackage: string, purpose: string, minimum: string): ToolRequirement {
  return { command, versionArguments: ['--version'], minimum, debianPackage, purpose };
}
