import { readFile, statfs } from 'node:fs/promises';

/** Bytes that may be put into a tmpfs: what the host, the control group and the tmpfs itself have left. */
export async function freeMemoryBytes(tmpfsFolder: string): Promise<number> {
  const [host, group, folder] = await Promise.all([
    hostFreeBytes(),
    controlGroupFreeBytes(),
    tmpfsFreeBytes(tmpfsFolder),
  ]);
  return Math.min(host, group, folder);
}

async function tmpfsFreeBytes(folder: string): Promise<number> {
  try {
    const found = await statfs(folder);
    const tmpfsMagic = 0x01021994;
    return found.type === tmpfsMagic ? found.bavail * found.bsize : 0;
  } catch {
    return 0;
  }
}

async function hostFreeBytes(): Promise<number> {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(await textOf('/proc/meminfo'))?.[1];
  return Number(kibibytes ?? 0) * 1024;
}

/** No limit, or no control group version 2, is no bound. */
async function controlGroupFreeBytes(): Promise<number> {
  const group = /^0::(\/.*)$/m.exec(await textOf('/proc/self/cgroup'))?.[1] ?? '/';
  const folder = `/sys/fs/cgroup${group === '/' ? '' : group}`;
  const [limit, used] = await Promise.all([
    textOf(`${folder}/memory.max`),
    textOf(`${folder}/memory.current`),
  ]);
  return /^\d+\n$/.test(limit) && /^\d+\n$/.test(used)
    ? Number(limit) - Number(used)
    : Number.POSITIVE_INFINITY;
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
