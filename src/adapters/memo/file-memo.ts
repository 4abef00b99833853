import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Memo } from './memo.ts';

const memoLimitBytes = 64 * 1024 * 1024;

/** A memo in one file, such as `<git directory>/sandkiln/verified-prefix.json`; replaced whole, by rename. */
export function fileMemo(path: string, limitBytes = memoLimitBytes): Memo {
  return {
    async read() {
      try {
        await using file = await open(path, 'r');
        const status = await file.stat();
        return status.isFile() && status.size <= limitBytes ? await file.readFile('utf8') : undefined;
      } catch {
        return undefined;
      }
    },
    async write(text) {
      const draft = `${path}.${randomBytes(6).toString('hex')}`;
      try {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(draft, text, { flag: 'wx', mode: 0o600 });
        await rename(draft, path);
      } catch {
        await rm(draft, { force: true });
      }
    },
  };
}
