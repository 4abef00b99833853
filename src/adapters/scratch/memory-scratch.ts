import { chmod, lstat, mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { failure, success } from '../../model/result.ts';
import { ownerPrefix, ownerState } from '../process/owned-name.ts';
import type { ProcessRunner } from '../process/process.ts';
import { freeMemoryBytes } from './memory-free.ts';
import { allowsPrograms } from './mount-points.ts';
import { removeTree } from './remove-tree.ts';
import type { Scratch, ScratchFolder } from './scratch.ts';

/** A folder of another process namespace is taken for forgotten after this time. */
const forgottenAfterMs = 7 * 24 * 60 * 60 * 1000;

const programPrefix = 'sandkiln-';

export interface MemoryScratchOptions {
  readonly processes: ProcessRunner;
  /** Told what could not be removed; nothing fails for it. */
  readonly report: (diagnostic: Diagnostic) => void;
  /** A tmpfs; default /dev/shm. */
  readonly memoryFolder?: string;
  /** Default `$XDG_CACHE_HOME/sandkiln/scratch`. */
  readonly diskFolder?: string;
}

/**
 * Scratch folders in memory where twice the expected size is free there and programs may run from it, else on disk.
 * Their names hold the process that made them; the first use removes those of processes that ended. Failure: SK3110.
 */
export function createMemoryScratch(options: MemoryScratchOptions): Scratch {
  const memoryFolder = options.memoryFolder ?? '/dev/shm';
  const diskFolder = options.diskFolder ?? defaultDiskFolder();
  let swept: Promise<void> | undefined;
  let promisedBytes = 0;

  async function remove(path: string): Promise<void> {
    const problem = await removeTree(path, options.processes);
    if (problem !== undefined) {
      options.report(problem);
    }
  }

  async function sweep(): Promise<void> {
    for (const folder of [memoryFolder, diskFolder]) {
      for (const name of await readdir(folder).catch(() => [])) {
        if (await isForgotten(folder, name)) {
          await remove(join(folder, name));
        }
      }
    }
  }

  /** Promises memory where there is enough, less what was promised to others, who may not have used it yet. */
  async function promiseMemory(expectedBytes: number): Promise<boolean> {
    const neededBytes = 2 * expectedBytes + promisedBytes;
    promisedBytes += expectedBytes;
    if ((await freeMemoryBytes(memoryFolder)) >= neededBytes && (await allowsPrograms(memoryFolder))) {
      return true;
    }
    promisedBytes -= expectedBytes;
    return false;
  }

  return {
    create: async (label, expected) => {
      swept ??= sweep();
      await swept;
      const expectedBytes = expected ?? 0;
      const inMemory = expected !== undefined && (await promiseMemory(expectedBytes));
      const parent = inMemory ? memoryFolder : diskFolder;
      try {
        await mkdir(parent, { recursive: true });
        const path = await mkdtemp(join(parent, `${programPrefix}${ownerPrefix()}${safeLabel(label)}-`));
        // Builders enter it as other users of a user namespace; they know the names below, nobody else does.
        await chmod(path, 0o711);
        let removed: Promise<void> | undefined;
        return success({
          path,
          inMemory,
          [Symbol.asyncDispose]: () => {
            removed ??= remove(path).finally(() => {
              promisedBytes -= inMemory ? expectedBytes : 0;
            });
            return removed;
          },
        } satisfies ScratchFolder);
      } catch (error) {
        promisedBytes -= inMemory ? expectedBytes : 0;
        return failure(notMade(parent, error));
      }
    },
  };
}

function safeLabel(label: string): string {
  return label.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 60);
}

async function isForgotten(folder: string, name: string): Promise<boolean> {
  const state = name.startsWith(programPrefix) ? ownerState(name.slice(programPrefix.length)) : undefined;
  const found = await lstat(join(folder, name)).catch(() => undefined);
  if (state === undefined || !found?.isDirectory() || found.uid !== process.getuid?.()) {
    return false;
  }
  return state === 'ended' || (state === 'unknown' && Date.now() - found.mtimeMs > forgottenAfterMs);
}

function notMade(parent: string, error: unknown): Diagnostic {
  return {
    code: 'SK3110',
    severity: 'error',
    message: `no scratch folder could be made in ${parent} (${error instanceof Error ? error.message : String(error)})`,
    hint: 'free space there, or point XDG_CACHE_HOME to a folder that may be written',
    failure: 'transient',
  };
}

/** XDG Base Directory Specification: a path that is not absolute is ignored. */
function defaultDiskFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(cache) ? cache : join(homedir(), '.cache'), 'sandkiln', 'scratch');
}
