import { execFileSync } from 'node:child_process';
import { mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

/** Whether this process may mount: without it, tests with a file system of their own are skipped. */
export const canMount = process.getuid?.() === 0;

/** Puts a folder with all that is in it on a small file system of its own, until the test ends. */
export function mountSmall(folder: string, sizeKibibytes = 4096): void {
  mkdirSync(folder, { recursive: true });
  const small = temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeKibibytes}k`, 'sandkiln-test', small]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', small]));
  execFileSync('cp', ['-a', `${folder}/.`, small]);
  execFileSync('mount', ['--bind', small, folder]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
}

export function remount(folder: string, how: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,bind,${how}`, folder]);
}

/** Takes all space of a file system but the given part; gives the file to remove. */
export function fill(folder: string, leftBytes = 0): string {
  const { bavail, bsize } = statfsSync(folder);
  const file = join(folder, 'filler');
  writeFileSync(file, Buffer.alloc(Math.max(0, bavail * bsize - leftBytes)));
  return file;
}
