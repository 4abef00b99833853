import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../../../model/diagnostic.ts';
import { isJsonObject } from '../../../model/json.ts';
import { failure, type Result, success } from '../../../model/result.ts';

/**
 * What an applier keeps on the host, in a folder that only its user may write: for each list the highest counter of a
 * head that it was applied under, in any namespace; for each namespace the configuration of its resolver.
 */
export interface StateFolder {
  /** 0 before the first; SK7308 where the file is there and cannot be read: a lost counter is never taken for none. */
  headCounter(list: string): Promise<Result<number>>;
  keepHeadCounter(list: string, counter: number): Promise<Result<void>>;
  /** Undefined where there is none. */
  text(name: string): Promise<string | undefined>;
  /** Written beside and moved into place, so that it is there whole or not at all. */
  keepText(name: string, text: string): Promise<Result<void>>;
  path(name: string): string;
}

export function stateFolder(folder: string): StateFolder {
  const path = (name: string) => join(folder, name);
  const keepText: StateFolder['keepText'] = async (name, text) => {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = await open(`${path(name)}.new`, 'w', 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path(name)}.new`, path(name));
      return success(undefined);
    } catch (error) {
      return failure(unusable(path(name), error));
    }
  };
  return {
    path,
    keepText,
    text: (name) => readFile(path(name), 'utf8').catch(() => undefined),
    headCounter: async (list) => {
      const name = path(counterFile(list));
      try {
        const value: unknown = JSON.parse(await readFile(name, 'utf8'));
        return isJsonObject(value) && typeof value['headCounter'] === 'number'
          ? success(value['headCounter'])
          : failure(unusable(name, 'no counter in it'));
      } catch (error) {
        return isMissing(error) ? success(0) : failure(unusable(name, error));
      }
    },
    keepHeadCounter: (list, headCounter) =>
      keepText(counterFile(list), `${JSON.stringify({ list, headCounter })}\n`),
  };
}

function counterFile(list: string): string {
  return `${list}.head.json`;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function unusable(path: string, reason: unknown): Diagnostic {
  return {
    code: 'SK7308',
    severity: 'error',
    message: `the state ${path} cannot be used (${reason instanceof Error ? reason.message : String(reason)})`,
    hint: 'make the folder writable; delete the file only if an older head may be applied again',
    failure: 'stalled',
  };
}
