import { rootFileSystemLabel } from '../../../model/disk.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import { shownPath, treeProblem } from '../../../tree/tree-problem.ts';
import type { TreeKernel } from './kernel-of-tree.ts';

/** Modules of both GRUB images, beside those for their own kind of disk access. */
export const grubModules = [
  'part_gpt',
  'fat',
  'ext2',
  'search',
  'search_fs_uuid',
  'normal',
  'configfile',
  'linux',
  'serial',
  'terminal',
  'echo',
];

/** What a GRUB image runs first: the configuration is on the EFI system partition, for BIOS starts too. */
export function earlyConfiguration(espSerial: string): string {
  const uuid = `${espSerial.slice(0, 4)}-${espSerial.slice(4)}`.toUpperCase();
  return `search.fs_uuid ${uuid} root\nset prefix=($root)/grub\nconfigfile ($root)/grub/grub.cfg\n`;
}

/**
 * grub.cfg: one entry without a menu, on the first serial line as well as on the screen. Kernel and initial RAM disk
 * are on the root file system. SK5026 for an argument that has control characters.
 */
export function grubConfiguration(
  kernel: TreeKernel,
  rootUuid: string,
  kernelArguments: readonly string[],
): Result<string> {
  const bad = kernelArguments.find((argument) => /[\u0000-\u001f\u007f]/.test(argument));
  if (bad !== undefined) {
    return failure(
      treeProblem(
        'SK5026',
        `the kernel argument ${shownPath(bad)} has control characters`,
        'remove them from the spec',
      ),
    );
  }
  const lines = [
    'serial --unit=0 --speed=115200',
    'terminal_input console serial',
    'terminal_output console serial',
    `search --no-floppy --fs-uuid --set=root ${rootUuid}`,
    [
      'linux',
      `/boot/vmlinuz-${kernel.version}`,
      `root=LABEL=${rootFileSystemLabel}`,
      'ro',
      // The last console is /dev/console; a sandbox is watched on its serial line more often than on a screen.
      'console=tty0',
      'console=ttyS0',
      ...kernelArguments.map(quoted),
    ].join(' '),
    ...(kernel.initrd === undefined ? [] : [`initrd /boot/initrd.img-${kernel.version}`]),
    'boot',
  ];
  return success(`${lines.join('\n')}\n`);
}

/** One word for GRUB's script language, which quotes as a shell does. */
function quoted(argument: string): string {
  return /^[A-Za-z0-9_.,:=/@%+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
