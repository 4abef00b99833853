import type { BlobReference } from '../../model/action.ts';
import type { Digest } from '../../model/digest.ts';
import type { LocalStore } from '../store/store.ts';
import { type FileMark, fileMark, isSameMark } from './file-mark.ts';

export interface CheckedBlobs {
  /**
   * The marks under which blobs are there with their right digests, in the same order; nothing where one is not. A file
   * that looks as it did when it was found right (the mark in `known`, or earlier in this process), or that was written
   * since, is not read again; any other is read through.
   */
  check(blobs: readonly BlobReference[], trust: BlobTrust): Promise<readonly FileMark[] | undefined>;
}

export interface BlobTrust {
  /** One for each blob. What looks the same keeps the very mark. */
  readonly known?: readonly FileMark[];
  /** Milliseconds since 1970. The store hashes what it takes in, so what was written since was right. */
  readonly trustedSinceMs?: number;
}

/** Remembers for one process which blobs of a store were found right. */
export function createCheckedBlobs(store: LocalStore): CheckedBlobs {
  const right = new Map<Digest, FileMark>();

  async function isRight(
    { digest }: BlobReference,
    mark: FileMark,
    trustedSinceMs: number,
  ): Promise<boolean> {
    const before = right.get(digest);
    const isTrusted =
      (before !== undefined && isSameMark(mark, before)) || Number(mark.modifiedAt) / 1e6 >= trustedSinceMs;
    if (!isTrusted && !(await store.check(digest)).ok) {
      return false;
    }
    right.set(digest, mark);
    return true;
  }

  return {
    check: async (blobs, { known, trustedSinceMs = Number.POSITIVE_INFINITY }) => {
      const marks: FileMark[] = [];
      for (const [index, blob] of blobs.entries()) {
        const mark = fileMark(store.pathOf(blob.digest));
        if (mark === undefined || mark.sizeBytes !== blob.sizeBytes) {
          return undefined;
        }
        const before = known?.[index];
        if (before !== undefined && isSameMark(mark, before)) {
          marks.push(before);
        } else if (await isRight(blob, mark, trustedSinceMs)) {
          marks.push(mark);
        } else {
          return undefined;
        }
      }
      return marks;
    },
  };
}
