import { readFile } from 'node:fs/promises';

interface MountPoint {
  readonly path: string;
  readonly options: readonly string[];
}

/** Mount points at or below a folder (proc(5), mountinfo). */
export async function mountPointsBelow(folder: string): Promise<readonly string[]> {
  const mounts = await mountPoints();
  return mounts.map((mount) => mount.path).filter((path) => path === folder || path.startsWith(`${folder}/`));
}

/** Whether programs may be started from a folder. */
export async function allowsPrograms(folder: string): Promise<boolean> {
  const holding = (await mountPoints())
    .filter((mount) => mount.path === '/' || folder === mount.path || folder.startsWith(`${mount.path}/`))
    .toSorted((left, right) => right.path.length - left.path.length)[0];
  return !holding?.options.includes('noexec');
}

async function mountPoints(): Promise<readonly MountPoint[]> {
  const text = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '))
    .map((fields) => ({ path: withoutEscapes(fields[4] ?? ''), options: (fields[5] ?? '').split(',') }));
}

/** The kernel writes spaces, tabs, newlines and backslashes as three octal digits. */
function withoutEscapes(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
