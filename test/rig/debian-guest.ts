import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createProcessRunner } from '../../src/adapters/process/child-processes.ts';
import { rootFileSystemLabel } from '../../src/model/disk.ts';

/** A real bookworm guest: systemd, cloud kernel, guest agent, a user `analyst`, units that tests ask about. */
export interface DebianGuest {
  readonly treePath: string;
  /** One ext4 file system without partitions. */
  readonly diskPath: string;
  readonly kernelPath: string;
  readonly initrdPath: string;
}

/** Raised when the guest below changes, so that a cached one is not used. */
const recipe = 4;
const sourceDateEpoch = '1760000000';

const files: Readonly<Record<string, string>> = {
  'etc/systemd/network/80-dhcp.network': '[Match]\nName=en* eth*\n[Network]\nDHCP=ipv4\n',
  'etc/systemd/system/echo.socket':
    '[Socket]\nListenStream=7777\nAccept=yes\n[Install]\nWantedBy=sockets.target\n',
  'etc/systemd/system/echo@.service': '[Service]\nExecStart=/bin/cat\nStandardInput=socket\n',
  'etc/systemd/system/slow.service':
    '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sleep 2\n[Install]\nWantedBy=multi-user.target\n',
  'etc/systemd/system/broken.service':
    '[Service]\nExecStart=/bin/false\n[Install]\nWantedBy=multi-user.target\n',
};

/** Made once and kept in the cache folder: about a minute the first time. */
export async function debianGuest(): Promise<DebianGuest> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sandkiln-tests');
  const folder = join(cache, `debian-guest-${recipe}`);
  const guest: DebianGuest = {
    treePath: join(folder, 'tree.tar'),
    diskPath: join(folder, 'disk.raw'),
    kernelPath: join(folder, 'vmlinuz'),
    initrdPath: join(folder, 'initrd.img'),
  };
  if (await exists(folder)) {
    return guest;
  }
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'making-'));
  try {
    await make(work);
    await rename(work, folder).catch(() => {});
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return guest;
}

async function make(work: string): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(work, 'add', path, '..'), { recursive: true });
    await writeFile(join(work, 'add', path), text);
  }
  const tree = join(work, 'tree.tar');
  await run('mmdebstrap', [
    '--variant=apt',
    '--include=systemd,systemd-sysv,udev,dbus,linux-image-cloud-amd64,qemu-guest-agent,iproute2',
    `--customize-hook=sync-in ${join(work, 'add')} /`,
    '--customize-hook=chroot "$1" useradd --create-home --shell /bin/bash analyst',
    '--customize-hook=chroot "$1" systemctl enable systemd-networkd echo.socket slow.service broken.service',
    'bookworm',
    tree,
  ]);
  const root = join(work, 'root');
  const asRoot = process.getuid?.() === 0 ? [] : ['mmdebstrap', '--unshare-helper'];
  const disk = join(work, 'disk.raw');
  await run(...command(asRoot, ['mkdir', root]));
  await run(...command(asRoot, ['tar', '-C', root, '--numeric-owner', '--exclude=./dev/*', '-xf', tree]));
  await run(
    ...command(asRoot, ['mke2fs', '-q', '-t', 'ext4', '-L', rootFileSystemLabel, '-d', root, disk, '2G']),
  );
  await run(...command(asRoot, ['rm', '-rf', root, join(work, 'add')]));
  for (const [name, pattern] of [
    ['vmlinuz', './boot/vmlinuz-*'],
    ['initrd.img', './boot/initrd.img-*'],
  ] as const) {
    await run('tar', ['-xOf', tree, '--wildcards', pattern], join(work, name));
  }
}

function command(prefix: readonly string[], words: readonly string[]): [string, readonly string[]] {
  const [file = '', ...rest] = [...prefix, ...words];
  return [file, rest];
}

async function run(file: string, words: readonly string[], stdoutFile?: string): Promise<void> {
  const result = await createProcessRunner().run(
    { file, arguments: words, environment: { SOURCE_DATE_EPOCH: sourceDateEpoch } },
    { timeoutMs: 300_000, ...(stdoutFile !== undefined && { stdoutTo: { file: stdoutFile } }) },
  );
  if (result.exitCode !== 0) {
    throw new Error(`${file} ${result.ended}: ${result.startError ?? ''}${result.stderr}`);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
