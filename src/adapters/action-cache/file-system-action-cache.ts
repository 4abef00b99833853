import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ActionId } from '../../model/action.ts';
import { type Digest, digestOfBytes, hexOf, isDigest } from '../../model/digest.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { ownerPrefix, removeLeftovers } from '../process/owned-name.ts';
import type { LocalStore } from '../store/store.ts';
import type { ActionCache, ActionCacheRow } from './action-cache.ts';
import { type BlobTrust, createCheckedBlobs } from './checked-blobs.ts';
import { type FileMark, fileMark, isSameMark } from './file-mark.ts';
import { blobsNeeded, type KeptRow, parseRow, rowText } from './row-text.ts';

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
  let made: Promise<unknown> | undefined;
  let swept: Promise<void> | undefined;
  const pathOf = (key: Digest): string => join(folder, hexOf(key).slice(0, 2), hexOf(key));
  const lastPathOf = (action: ActionId): string => join(folder, 'last', hexOf(digestOfBytes(action)));

  /** Rows are read at once: a small file of this host takes less time than handing the work to a thread. */
  function read(key: Digest): KeptRow | undefined {
    const kept = parseRow(textOf(pathOf(key)));
    return kept?.row.key === key ? kept : undefined;
  }

  function lastKeys(action: ActionId): readonly Digest[] {
    return textOf(lastPathOf(action)).split('\n').filter(isDigest).slice(0, 2);
  }

  /** Not synchronised: a row that a crash of the host tears is a miss. */
  async function writeWhole(path: string, text: string): Promise<void> {
    made ??= mkdir(temporaryFolder, { recursive: true });
    await made;
    const temporary = join(temporaryFolder, `${prefix}${randomBytes(8).toString('hex')}`);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(temporary, text, { flag: 'wx', mode: 0o644 });
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
  }

  async function keepKey({ action, key }: ActionCacheRow): Promise<void> {
    const keys = lastKeys(action);
    if (keys[0] !== key) {
      await writeWhole(lastPathOf(action), [key, ...keys.slice(0, 1)].join('\n'));
    }
  }

  async function marksOf(
    row: ActionCacheRow,
    trustOf: (index: number) => BlobTrust,
  ): Promise<FileMark[] | undefined> {
    const marks: FileMark[] = [];
    for (const [index, blob] of blobsNeeded(row.output).entries()) {
      const mark = await blobs.check(blob, trustOf(index));
      if (mark === undefined) {
        return undefined;
      }
      marks.push(mark);
    }
    return marks;
  }

  return {
    get: async (key) => {
      swept ??= removeLeftovers(temporaryFolder);
      await swept;
      const kept = read(key);
      const marks =
        kept === undefined ? undefined : await marksOf(kept.row, (index) => ({ known: kept.marks[index] }));
      if (kept === undefined || marks === undefined) {
        return undefined;
      }
      const isOld = marks.some((mark, index) => {
        const before = kept.marks[index];
        return before === undefined || !isSameMark(mark, before);
      });
      if (isOld) {
        // Without this the blobs are read again next time, and that is all.
        await writeWhole(pathOf(key), rowText({ row: kept.row, marks })).catch(() => {});
      }
      const { log, ...withoutLog } = kept.row;
      const logThere = log !== undefined && fileMark(cache.pathOf(log.digest))?.sizeBytes === log.sizeBytes;
      return logThere ? kept.row : withoutLog;
    },

    put: async (row) => {
      try {
        const trustedSinceMs = Date.parse(row.startedAt);
        const marks = await marksOf(row, () => ({ trustedSinceMs }));
        if (marks === undefined) {
          return notKept(row, folder, 'a blob of it is missing in the cache or damaged');
        }
        await writeWhole(pathOf(row.key), rowText({ row, marks }));
        await keepKey(row);
        return success(undefined);
      } catch (error) {
        return notKept(row, folder, error instanceof Error ? error.message : String(error));
      }
    },

    lastRows: async (action) =>
      lastKeys(action).flatMap((key) => {
        const kept = read(key);
        return kept === undefined ? [] : [kept.row];
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
