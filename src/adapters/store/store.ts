import type { BlobReference } from '../../model/action.ts';
import type { Digest } from '../../model/digest.ts';
import type { Result } from '../../model/result.ts';

/**
 * Content-addressed blobs. Nothing is visible half-written: a blob is there whole, with the right digest, or not
 * at all. Shaped for remote stores: streams, digests, questions in batches.
 */
export interface Store {
  /** Streams bytes in. A different digest than `expected` is a failure, and nothing is kept. */
  put(
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options?: { readonly expected?: Digest },
  ): Promise<Result<BlobReference>>;
  /** Takes a file in, by reflink or by copy; `move` says that the caller has no more use for it. */
  putFile(
    path: string,
    options?: { readonly expected?: Digest; readonly move?: boolean },
  ): Promise<Result<BlobReference>>;
  /**
   * Which of them are there, by name, and by size where the reference tells it; the reading functions check the
   * bytes. A store that is not durable may hold blobs cut short by a crash of the host, so ask with the size.
   */
  has(blobs: readonly (Digest | BlobReference)[]): Promise<ReadonlySet<Digest>>;
  /** The whole of a small blob, checked. A blob of more than `limitBytes` is a failure. */
  readSmall(digest: Digest, limitBytes: number): Promise<Result<Uint8Array>>;
  /** Writes a blob to a file that must not exist, checked while it is copied; on failure there is no file. */
  writeTo(digest: Digest, path: string): Promise<Result<BlobReference>>;
  /** Reads the blob through and compares its digest. */
  check(digest: Digest): Promise<Result<BlobReference>>;
}

/** A store on this machine, whose blobs tools can read in place. They are read-only. */
export interface LocalStore extends Store {
  /** Path of a blob that is there. */
  pathOf(digest: Digest): string;
  /** Takes a blob over from another local store without copying where the file system can. */
  adopt(digest: Digest, from: LocalStore): Promise<Result<BlobReference>>;
}
