import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ownIdentity, processState } from './process-identity.ts';

/** Files of other hosts, containers and boots are taken for forgotten after this time. */
const forgottenAfterMs = 24 * 60 * 60 * 1000;

const ownedPattern = /^(\d+)-(\d+)-([0-9a-f]+|none)-/;

/**
 * How names begin of what only this process uses: `<number>-<start>-<namespace>-`. A kill leaves such files behind;
 * {@link ownerState} tells when nobody uses them any more.
 */
export function ownerPrefix(): string {
  const { pid, startTicks, namespace } = ownIdentity();
  return `${pid}-${startTicks}-${namespace}-`;
}

/** What became of the process whose {@link ownerPrefix} a name has; nothing where it has none. */
export function ownerState(name: string): 'running' | 'ended' | 'unknown' | undefined {
  const [, pid, startTicks, namespace] = ownedPattern.exec(name) ?? [];
  return namespace === undefined
    ? undefined
    : processState({ pid: Number(pid), startTicks: Number(startTicks), namespace });
}

/**
 * Removes the files of a folder whose names have the {@link ownerPrefix} of a process that ended, at their begin or
 * right after `marker`. Where it is not known whether it ended, a file goes once it has not been written to for a day.
 */
export async function removeLeftovers(folder: string, marker = ''): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const start = name.indexOf(marker);
    if (start !== -1 && (await isForgotten(path, ownerState(name.slice(start + marker.length))))) {
      // Another process may do the same now; what cannot be removed stays for the next one.
      await rm(path, { force: true }).catch(() => {});
    }
  }
}

async function isForgotten(path: string, state: ReturnType<typeof ownerState>): Promise<boolean> {
  if (state === 'running' || state === 'ended') {
    return state === 'ended';
  }
  const found = await lstat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > forgottenAfterMs;
}
