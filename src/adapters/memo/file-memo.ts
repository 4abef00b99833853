import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Memo } from './memo.ts';

const memoLimitBytes = 64 * 1024 * 1024;
const draftMarker = '.draft-';

/**
 * A memo in one file, such as `<git directory>/sandkiln/verified-prefix.json`; replaced whole, by rename. Writing
 * one removes the drafts of all memos beside it whose processes were killed.
 */
export function fileMemo(path: string, limitBytes = memoLimitBytes): Memo {
  async function readBytes(): Promise<Buffer | undefined> {
    try {
      await using file = await open(path, 'r');
      const status = await file.stat();
      if (!status.isFile() || status.size > limitBytes) {
        return undefined;
      }
      // Whole at once: nobody writes to a file that has its name.
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafeSlow(status.size), { position: 0 });
      return buffer.subarray(0, bytesRead);
    } catch {
      return undefined;
    }
  }

  return {
    read: async () => (await readBytes())?.toString(),
    readBytes,
    async write(text) {
      // Every command reads memos, and few write one: those that do not never load this.
      const { ownerPrefix, removeLeftovers } = await import('../process/owned-name.ts');
      const draft = `${path}${draftMarker}${ownerPrefix()}${randomBytes(6).toString('hex')}`;
      try {
        await mkdir(dirname(path), { recursive: true });
        await removeLeftovers(dirname(path), draftMarker);
        await writeFile(draft, text, { flag: 'wx', mode: 0o600 });
        await rename(draft, path);
      } catch {
        await rm(draft, { force: true });
      }
    },
  };
}
