import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareKernelVersions, kernelOfTree } from '../../../src/adapters/packer/disk/kernel-of-tree.ts';
import { exactEntry } from '../../../src/tree/entry-at.ts';
import { readContent } from '../../../src/tree/read-text.ts';
import type { Tree } from '../../../src/tree/tree.ts';
import { expectCodes } from '../../rig/expect-result.ts';
import { difficultTree, type PackedOnce, packEpoch, packOnce } from '../../rig/packed-tree.ts';
import { file, treeOf } from '../../rig/tree-builder.ts';

const environment = {
  ...process.env,
  PATH: `${process.env['PATH']}:/usr/sbin:/sbin`,
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
};
const rootOffset = 40 * 2 ** 20;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'disk-packer-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string, ...parameters: readonly string[]): string {
  return execFileSync(program, parameters, {
    encoding: 'utf8',
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** What debugfs says about an inode of the image. */
function inodeText(image: string, path: string): string {
  return run('debugfs', '-R', `stat ${path}`, image);
}

describe('a disk without a boot loader', () => {
  let packed: PackedOnce;
  let raw: string;
  beforeAll(async () => {
    packed = await packOnce(join(folder, 'none'), difficultTree(), { outputs: ['raw', 'qcow2'] });
    raw = packed.pathOf('disk.raw');
  });

  test('is a clean, sparse ext4 file system of the size asked for', () => {
    expect(run('e2fsck', '-fn', raw)).toContain('sandkiln-root: ');
    expect(statSync(raw).size).toBe(64 * 2 ** 20);
    expect(statSync(raw).blocks * 512).toBeLessThan(16 * 2 ** 20);
  });

  test('is the same disk as qcow2', () => {
    const qcow2 = packed.pathOf('disk.qcow2');
    expect(run('qemu-img', 'check', qcow2)).toContain('No errors were found');
    expect(run('qemu-img', 'compare', '-f', 'raw', '-F', 'qcow2', raw, qcow2)).toContain(
      'Images are identical',
    );
  });

  test('holds every name and every byte of the tree', () => {
    const dump = join(folder, 'dump');
    mkdirSync(dump);
    run('debugfs', '-R', `rdump / ${dump}`, raw);
    expect(differencesOf(dump, difficultTree())).toEqual([]);
  });

  test('has owners, modes and times of the tree, and no other times', () => {
    const shadow = inodeText(raw, '/etc/shadow');
    expect(shadow).toMatch(/Type: regular +Mode: +0000/);
    expect(shadow).toMatch(/User: +0 +Group: +42 /);
    expect(shadow.match(/[acm]r?time: 0x[0-9a-f]{8}:[0-9a-f]{8}/g)).toEqual([
      `ctime: 0x${packEpoch.toString(16)}:00000000`,
      'atime: 0x6553f100:00000000',
      'mtime: 0x6553f100:00000000',
      `crtime: 0x${packEpoch.toString(16)}:00000000`,
    ]);
    expect(inodeText(raw, '/bin/ping')).toMatch(/Mode: +04755/);
    expect(inodeText(raw, '/locked')).toMatch(/User: 3000000 +Group: 3000001 /);
    expect(inodeText(raw, '/later')).toContain('mtime: 0x80000005:00000001');
    expect(inodeText(raw, '/')).toContain('mtime: 0x62590080:00000000');
    expect(inodeText(raw, '/lost+found')).toMatch(/Mode: +0700/);
    expect(inodeText(raw, '/usr/bin/perl')).toContain('Links: 2 ');
  });

  test('has the extended attributes', () => {
    expect(run('debugfs', '-R', 'ea_get -x /bin/ping security.capability', raw)).toContain(
      '01 00 00 02 00 20 00 00',
    );
    expect(run('debugfs', '-R', 'ea_list /var/log/journal', raw)).toContain('system.posix_acl_access (28)');
  });

  test('brings the newest kernel along', () => {
    expect(readFileSync(packed.pathOf('vmlinuz'), 'utf8')).toBe('kernel'.repeat(1000));
    expect(readFileSync(packed.pathOf('initrd.img'), 'utf8')).toBe('initrd');
  });
});

describe('a disk with GRUB', () => {
  let raw: string;
  beforeAll(async () => {
    const packed = await packOnce(join(folder, 'grub'), difficultTree(), {
      outputs: ['raw'],
      disk: { sizeBytes: 128 * 2 ** 20, bootLoader: 'grub', kernelCommandLine: ['quiet', "a='b c'"] },
    });
    raw = packed.pathOf('disk.raw');
  });

  test('has a valid partition table and clean file systems', () => {
    expect(run('sfdisk', '--verify', raw)).toContain('No errors detected');
    expect(run('sfdisk', '-d', raw)).toContain('type=21686148-6449-6E6F-744E-656564454649');
    expect(run('e2fsck', '-fn', `${raw}?offset=${rootOffset}`)).toContain('sandkiln-root: ');
    const esp = join(folder, 'esp.img');
    run('dd', `if=${raw}`, `of=${esp}`, 'bs=1M', 'skip=2', 'count=38');
    expect(run('fsck.fat', '-n', esp)).toMatch(/clusters/);
  });

  test('starts the newest kernel of the root file system with the kernel arguments', () => {
    const configuration = run('mtype', '-i', `${raw}@@2M`, '::/grub/grub.cfg');
    expect(configuration).toContain(
      "linux /boot/vmlinuz-6.1.0-10-amd64 root=LABEL=sandkiln-root ro console=tty0 console=ttyS0 quiet 'a='\\''b c'\\'''",
    );
    expect(configuration).toContain('initrd /boot/initrd.img-6.1.0-10-amd64');
    const uuid = run('blkid', '-p', '-O', String(rootOffset), '-o', 'value', '-s', 'UUID', raw).trim();
    expect(configuration).toContain(`--set=root ${uuid}`);
    expect(run('mdir', '-b', '-i', `${raw}@@2M`, '::/EFI/BOOT')).toContain('BOOTX64.EFI');
  });
});

describe('what cannot be packed', () => {
  const disk = { sizeBytes: 128 * 2 ** 20, bootLoader: 'grub', kernelCommandLine: [] } as const;
  const kernel = file('boot/vmlinuz-1', 'k');

  test.each([
    [
      'a tree that is larger than the disk',
      'SK5021',
      treeOf(file('a', '', { sizeBytes: 2 ** 30 })),
      { ...disk, bootLoader: 'none' },
    ],
    [
      'a tree that fills the disk beyond its metadata',
      'SK5021',
      treeOf(file('a', Buffer.alloc(2 ** 23, 1))),
      { ...disk, bootLoader: 'none', sizeBytes: 2 ** 23 },
    ],
    ['a disk smaller than its boot loader', 'SK5021', treeOf(kernel), { ...disk, sizeBytes: 2 ** 25 }],
    [
      'an attribute of an unknown name space',
      'SK5022',
      treeOf(file('a', 'x', { attributes: new Map([['a b', Buffer.from('1')]]) })),
      { ...disk, bootLoader: 'none' },
    ],
    [
      'a file of 2 GiB',
      'SK5023',
      treeOf(file('a', '', { sizeBytes: 2 ** 31 })),
      { ...disk, bootLoader: 'none', sizeBytes: 2 ** 33 },
    ],
    ['a tree without kernel on a GRUB disk', 'SK5024', treeOf(file('a')), disk],
    ['a size that is no whole number of sectors', 'SK5026', treeOf(file('a')), { ...disk, sizeBytes: 1000 }],
    [
      'a kernel argument with a line break',
      'SK5026',
      treeOf(kernel),
      { ...disk, kernelCommandLine: ['a\nboot'] },
    ],
  ] as const)('%s is a diagnostic', async (name, code, tree, shape) => {
    // Contents that are not there are only declared: the tree is never read.
    const { result } = await packOnce(join(folder, name), readable(tree) ? tree : treeOf(), {
      outputs: ['raw'],
      tree,
      disk: shape,
    });
    expect(expectCodes(result)).toEqual([code]);
  });

  test('a GRUB disk for another architecture is a diagnostic', async () => {
    const image = { name: 'arm', architecture: 'arm64' };
    const { result } = await packOnce(join(folder, 'arm'), treeOf(kernel), { outputs: ['raw'], image, disk });
    expect(expectCodes(result)).toEqual(['SK5027']);
  });
});

test('kernel versions are ordered by their numbers', () => {
  const versions = ['6.1.0-10-amd64', '6.1.0-9-amd64', '6.12.1+deb13-amd64', '5.10.0-1-amd64', '6.1.0-10'];
  expect(versions.sort(compareKernelVersions)).toEqual([
    '5.10.0-1-amd64',
    '6.1.0-9-amd64',
    '6.1.0-10',
    '6.1.0-10-amd64',
    '6.12.1+deb13-amd64',
  ]);
  expect(kernelOfTree(treeOf(file('boot/config-1')))).toBeUndefined();
});

function readable(tree: Tree): boolean {
  return tree.entries.every(
    (entry) =>
      entry.type !== 'file' ||
      entry.content.at !== 'memory' ||
      entry.content.bytes.length === entry.sizeBytes,
  );
}

/** Names, types and bytes of an extracted folder that are not those of the tree. */
function differencesOf(root: string, tree: Tree): string[] {
  const found = new Set<string>();
  const wrong: string[] = [];
  for (const item of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(item.parentPath, item.name).slice(root.length + 1);
    const entry = exactEntry(tree, path);
    found.add(path);
    const source = entry?.type === 'hard-link' ? exactEntry(tree, entry.target) : entry;
    const isEqual = item.isFile()
      ? source?.type === 'file' && readFileSync(join(root, path)).equals(readContent(source))
      : item.isSymbolicLink()
        ? source?.type === 'symbolic-link' && readlinkSync(join(root, path)) === source.target
        : source?.type === 'folder' || path === 'lost+found';
    if (!isEqual) {
      wrong.push(path);
    }
  }
  return [
    ...wrong,
    ...tree.entries.map((entry) => entry.path).filter((path) => path !== '' && !found.has(path)),
  ];
}
