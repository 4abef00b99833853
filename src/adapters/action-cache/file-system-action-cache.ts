import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ActionId } from '../../model/action.ts';
import { type Digest, digestOfBytes, hexOf, isDigest } from '../../model/digest.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { ownerPrefix, removeLeftovers } from '../process/owned-name.ts';
import type { LocalStore } from '../store/store.ts';
import type { ActionCache, ActionCacheRow } from './action-cache.ts';
import { createCheckedBlobs } from './checked-blobs.ts';
import { fileMark } from './file-mark.ts';
import { blobsNeeded, type KeptRow, keptRow, parseRow, rowText, wholeRow } from './row-text.ts';

export interface FileSystemActionCacheOptions {
  readonly folder: string;
  /** The store that outputs are put into. */
  readonly cache: LocalStore;
}

/**
 * One small file a row, `<folder>/<first two digits>/<64 digits>`, and one for the last two keys of an action,
 * `<folder>/last/<digest of its id>`, each written whole or not at all. Whatever cannot be read is a miss. The first
 * look for a row removes what killed processes left in `<folder>/temporary`.
 */
export function createFileSystemActionCache({ folder, cache }: FileSystemActionCacheOptions): ActionCache {
  const blobs = createCheckedBlobs(cache);
  const temporaryFolder = join(folder, 'temporary');
  const prefix = ownerPrefix();
  let sweeping: Promise<void> | undefined;
  let isSwept = false;
  const lastPathOf = (action: ActionId): string => join(folder, 'last', hexOf(digestOfBytes(action)));

  function pathOf(key: Digest): string {
    const hex = hexOf(key);
    return `${folder}/${hex.slice(0, 2)}/${hex}`;
  }

  async function sweep(): Promise<void> {
    await removeLeftovers(temporaryFolder);
    isSwept = true;
  }

  /** Rows are read at once: a small file of this host takes less time than handing the work to a thread. */
  function read(key: Digest): KeptRow | undefined {
    const kept = parseRow(textOf(pathOf(key)));
    return kept?.result.key === key ? kept : undefined;
  }

  function lastKeys(action: ActionId): readonly Digest[] {
    return textOf(lastPathOf(action)).split('\n').filter(isDigest).slice(0, 2);
  }

  /** At once, like reading. Not synchronised: a row that a crash of the host tears is a miss. */
  function writeWhole(path: string, text: string): void {
    mkdirSync(temporaryFolder, { recursive: true });
    mkdirSync(dirname(path), { recursive: true });
    const temporary = `${temporaryFolder}/${prefix}${randomBytes(8).toString('hex')}`;
    try {
      writeFileSync(temporary, text, { flag: 'wx', mode: 0o644 });
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  function keepKey({ action, key }: ActionCacheRow): void {
    const keys = lastKeys(action);
    if (keys[0] !== key) {
      writeWhole(lastPathOf(action), [key, ...keys.slice(0, 1)].join('\n'));
    }
  }

  /** Without this the blobs are read again next time, and that is all. */
  function remember(key: Digest, kept: KeptRow): void {
    try {
      writeWhole(pathOf(key), rowText(kept));
    } catch {
      // The hit stays one.
    }
  }

  return {
    get: async (key) => {
      if (!isSwept) {
        sweeping ??= sweep();
        await sweeping;
      }
      const kept = read(key);
      const marks =
        kept === undefined
          ? undefined
          : await blobs.check(blobsNeeded(kept.result.output), { known: kept.marks });
      if (kept === undefined || marks === undefined) {
        return undefined;
      }
      if (marks.some((mark, index) => mark !== kept.marks[index])) {
        remember(key, { ...kept, marks });
      }
      const { log } = kept.result;
      if (log === undefined || fileMark(cache.pathOf(log.digest))?.sizeBytes === log.sizeBytes) {
        return kept.result;
      }
      const { log: _, ...withoutLog } = kept.result;
      return withoutLog;
    },

    put: async (row) => {
      try {
        const trustedSinceMs = Date.parse(row.startedAt);
        const marks = await blobs.check(blobsNeeded(row.output), { trustedSinceMs });
        if (marks === undefined) {
          return notKept(row, folder, 'a blob of it is missing in the cache or damaged');
        }
        writeWhole(pathOf(row.key), rowText(keptRow(row, marks)));
        keepKey(row);
        return success(undefined);
      } catch (error) {
        return notKept(row, folder, error instanceof Error ? error.message : String(error));
      }
    },

    lastRows: async (action) =>
      lastKeys(action).flatMap((key) => {
        const kept = read(key);
        const row = kept === undefined ? undefined : wholeRow(kept);
        return row === undefined ? [] : [row];
      }),
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function notKept(row: ActionCacheRow, folder: string, why: string): Result<void> {
  return failure({
    code: 'SK3020',
    severity: 'warning',
    message: `the result of ${row.action} could not be kept in the action cache (${why})`,
    hint: `look whether ${folder} may be written and has space left; until then the action runs again each time`,
    failure: 'transient',
  });
}
