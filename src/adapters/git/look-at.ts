import { type BigIntStats, lstatSync } from 'node:fs';

/** What lies at a path itself, links not followed; nothing where there is nothing, or a file on the way to it. */
export function lookAt(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false, bigint: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') {
      return undefined;
    }
    throw error;
  }
}
