import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ProcessRunner } from '../process/process.ts';
import { mountPointsBelow } from './mount-points.ts';

const removalTimeoutMs = 10 * 60 * 1000;

/**
 * Removes a tree, read-only folders and files of the user's subordinate ids included. Never goes into something that
 * is mounted below it: a left-over bind mount would lead to the host's own files. Gives SK3111 or SK3112 where it
 * could not.
 */
export async function removeTree(path: string, processes: ProcessRunner): Promise<Diagnostic | undefined> {
  const mounted = await mountPointsBelow(path);
  if (mounted.length > 0) {
    return {
      code: 'SK3112',
      severity: 'warning',
      message: `the scratch folder ${path} was kept, because something is mounted at ${mounted.join(', ')}`,
      hint: `unmount it and remove ${path}`,
    };
  }
  if (await removed(path)) {
    return undefined;
  }
  await openFolders(path);
  if (await removed(path)) {
    return undefined;
  }
  await processes.run(
    {
      file: 'unshare',
      arguments: ['--user', '--map-root-user', '--map-auto', 'rm', '-rf', '--one-file-system', '--', path],
    },
    { timeoutMs: removalTimeoutMs },
  );
  if (!(await exists(path))) {
    return undefined;
  }
  return {
    code: 'SK3111',
    severity: 'warning',
    message: `the scratch folder ${path} could not be removed`,
    hint: `remove it as root: rm -rf --one-file-system ${path}`,
  };
}

async function removed(path: string): Promise<boolean> {
  try {
    await rm(path, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

/** Gives the user all rights on each folder that is theirs. Links are not followed. */
async function openFolders(path: string): Promise<void> {
  try {
    if (!(await lstat(path)).isDirectory()) {
      return;
    }
    await chmod(path, 0o700);
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (entry.isDirectory()) {
        await openFolders(join(path, entry.name));
      }
    }
  } catch {
    // Another user's; the next step of the removal is for those.
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
