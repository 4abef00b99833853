import { type BigIntStats, lstatSync } from 'node:fs';
import { isJsonObject } from '../../model/json.ts';

/** What changes when a file is written to or replaced: enough to see that its bytes are still those that were hashed. */
export interface FileMark {
  readonly sizeBytes: number;
  readonly inode: string;
  /** Nanoseconds since 1970. */
  readonly modifiedAt: string;
}

/** The state of a file now; nothing where there is none. A hard link to it changes nothing. */
export function fileMark(path: string): FileMark | undefined {
  const found: BigIntStats | undefined = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return found?.isFile()
    ? { sizeBytes: Number(found.size), inode: `${found.ino}`, modifiedAt: `${found.mtimeNs}` }
    : undefined;
}

export function isSameMark(left: FileMark, right: FileMark): boolean {
  return (
    left.sizeBytes === right.sizeBytes && left.inode === right.inode && left.modifiedAt === right.modifiedAt
  );
}

export function isFileMark(value: unknown): value is FileMark {
  return (
    isJsonObject(value) &&
    typeof value['sizeBytes'] === 'number' &&
    typeof value['inode'] === 'string' &&
    typeof value['modifiedAt'] === 'string'
  );
}
