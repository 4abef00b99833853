import type { BlobReference } from '../../model/action.ts';
import type { Digest } from '../../model/digest.ts';
import type { LocalStore } from '../store/store.ts';
import { type FileMark, fileMark, isSameMark } from './file-mark.ts';

export interface CheckedBlobs {
  /**
   * The mark under which a blob is there with its right digest; nothing where it is not. A file that looks as it did
   * when it was found right (`known`, or earlier in this process), or that was written since `trustedSince`, is not
   * read again; any other is read through.
   */
  check(blob: BlobReference, trust: BlobTrust): Promise<FileMark | undefined>;
}

export interface BlobTrust {
  readonly known?: FileMark | undefined;
  /** Milliseconds since 1970. The store hashes what it takes in, so what is newer than this was right. */
  readonly trustedSinceMs?: number;
}

/** Remembers for one process which blobs of a store were found right. */
export function createCheckedBlobs(store: LocalStore): CheckedBlobs {
  const right = new Map<Digest, FileMark>();
  return {
    check: async (blob, { known, trustedSinceMs = Number.POSITIVE_INFINITY }) => {
      const mark = fileMark(store.pathOf(blob.digest));
      if (mark === undefined || mark.sizeBytes !== blob.sizeBytes) {
        return undefined;
      }
      const before = right.get(blob.digest) ?? known;
      const isNew = Number(mark.modifiedAt) / 1e6 >= trustedSinceMs;
      if (!isNew && (before === undefined || !isSameMark(mark, before))) {
        const checked = await store.check(blob.digest);
        if (!checked.ok) {
          return undefined;
        }
      }
      right.set(blob.digest, mark);
      return mark;
    },
  };
}
