import { type CpioEntry, cpioArchive } from './cpio.ts';
import type { KernelModule } from './kernel-modules.ts';

const folders = ['bin', 'capture', 'dev', 'layer', 'lower', 'modules', 'proc', 'root', 'sys'] as const;
/** What the init script calls of busybox. */
const applets = [
  'base64',
  'chroot',
  'insmod',
  'ln',
  'mkdir',
  'mknod',
  'mount',
  'poweroff',
  'sh',
  'stat',
  'stty',
  'timeout',
  'truncate',
  'umount',
] as const;

/** The small initrd of tier 1: busybox, the modules and the init script. Same arguments, same bytes. */
export function microInitrd(
  busybox: Uint8Array,
  modules: readonly KernelModule[],
  initScript: string,
): Buffer {
  const entries: CpioEntry[] = folders.map((path) => ({ type: 'folder', path, mode: 0o755 }));
  entries.push({ type: 'file', path: 'bin/busybox', mode: 0o755, bytes: busybox });
  for (const applet of applets) {
    entries.push({ type: 'symbolic-link', path: `bin/${applet}`, target: 'busybox' });
  }
  for (const { file, bytes } of modules) {
    entries.push({ type: 'file', path: moduleFile(file), mode: 0o644, bytes });
  }
  entries.push({ type: 'file', path: 'init', mode: 0o755, bytes: Buffer.from(initScript) });
  return cpioArchive(entries);
}

/** Where a module lies in the initrd. */
export function moduleFile(file: string): string {
  return `modules/${file}`;
}
