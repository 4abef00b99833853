import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Digest, hexOf } from '../../model/digest.ts';
import { failure, success } from '../../model/result.ts';
import type { Store } from '../store/store.ts';
import type { ActionCache } from './action-cache.ts';
import { parseRow, rowText } from './row-text.ts';

export interface FileSystemActionCacheOptions {
  readonly folder: string;
  /** The store that outputs are put into. */
  readonly cache: Store;
}

/**
 * One small file a row, `<folder>/<first two digits>/<64 digits>`, written whole or not at all. Whatever cannot be read is a miss;
 * what cannot be written is SK3020.
 */
export function createFileSystemActionCache({ folder, cache }: FileSystemActionCacheOptions): ActionCache {
  const pathOf = (key: Digest): string => join(folder, hexOf(key).slice(0, 2), hexOf(key));

  return {
    get: async (key) => {
      const text = await readFile(pathOf(key), 'utf8').catch(() => undefined);
      const row = text === undefined ? undefined : parseRow(text);
      if (row?.key !== key) {
        return undefined;
      }
      const blobs = Object.values(row.output.blobs);
      const found = await cache.has(row.log === undefined ? blobs : [...blobs, row.log]);
      if (!blobs.every((blob) => found.has(blob.digest))) {
        return undefined;
      }
      const { log, ...withoutLog } = row;
      return log !== undefined && found.has(log.digest) ? row : withoutLog;
    },

    put: async (row) => {
      const path = pathOf(row.key);
      const temporary = `${path}.${randomBytes(8).toString('hex')}`;
      try {
        await mkdir(dirname(path), { recursive: true });
        await writeSynchronised(temporary, rowText(row));
        await rename(temporary, path);
        return success(undefined);
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => {});
        return failure({
          code: 'SK3020',
          severity: 'warning',
          message: `the result of ${row.action} could not be kept in the action cache (${error instanceof Error ? error.message : String(error)})`,
          hint: `look whether ${folder} may be written and has space left; until then the action runs again each time`,
          failure: 'transient',
        });
      }
    },
  };
}

async function writeSynchronised(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
