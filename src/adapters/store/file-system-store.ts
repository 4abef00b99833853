import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, open, rename, rm, unlink } from 'node:fs/promises';
import type { BlobReference } from '../../model/action.ts';
import { type Digest, digestOfBytes } from '../../model/digest.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { copyAndHash, hashPath, sizeOf, writeAndHash } from './blob-files.ts';
import { createBlobFolder } from './blob-folder.ts';
import { linked, mayMove, movedHere, reserve } from './file-moves.ts';
import type { LocalStore, Store } from './store.ts';
import { isSystemError, storeDiagnostic, storeFailure } from './store-diagnostic.ts';

const batchSize = 64;

export interface FileSystemStoreOptions {
  readonly folder: string;
  /**
   * Whether a blob must survive a crash of the host: synchronised before it becomes visible, and never removed. A
   * store that is not durable is a cache: a blob found damaged is removed, so that the next run makes it anew.
   */
  readonly durable: boolean;
}

/**
 * Blobs as read-only files, `<folder>/sha256/<first two digits>/<64 digits>`. They are written in
 * `<folder>/temporary` and renamed, so many processes may share the folder. Failures: SK7001 to SK7007.
 */
export function createFileSystemStore({ folder, durable }: FileSystemStoreOptions): LocalStore {
  const { pathOf, withTemporary, publish } = createBlobFolder(folder, durable);

  async function copyIn(path: string, expected: Digest | undefined): Promise<Result<BlobReference>> {
    if ((await sizeOf(path)) === undefined) {
      return failure(storeDiagnostic.notAFile(path));
    }
    return withTemporary(async (temporary) => {
      const blob = await copyAndHash(path, temporary);
      if (expected !== undefined && blob.digest !== expected) {
        return failure(storeDiagnostic.unexpected(expected, blob.digest, path));
      }
      return success(await publish(temporary, blob));
    });
  }

  async function moveIn(path: string, expected: Digest | undefined): Promise<Result<BlobReference>> {
    const blob = await hashPath(path);
    if (expected !== undefined && blob.digest !== expected) {
      return failure(storeDiagnostic.unexpected(expected, blob.digest, path));
    }
    return withTemporary(async (temporary) => {
      if (await movedHere(path, temporary)) {
        return success(await publish(temporary, blob));
      }
      const copied = await copyIn(path, blob.digest);
      await unlink(path);
      return copied;
    });
  }

  /** Compares what was read with what was asked for. */
  async function checked(asked: Digest, found: BlobReference): Promise<Result<BlobReference>> {
    if (found.digest === asked) {
      return success(found);
    }
    const path = pathOf(asked);
    if (durable) {
      return failure(storeDiagnostic.corrupt(asked, path, found.digest));
    }
    await unlink(path);
    return failure(storeDiagnostic.corruptInCache(asked, path, found.digest));
  }

  /** Turns failed system calls into diagnostics; everything else is a bug and stays an exception. */
  async function guarded<Value>(
    what: string,
    path: string,
    work: () => Promise<Result<Value>>,
  ): Promise<Result<Value>> {
    try {
      return await work();
    } catch (error) {
      if (isSystemError(error)) {
        return failure(storeFailure(what, path, error));
      }
      throw error;
    }
  }

  /** Like {@link guarded}, for a blob whose absence has its own code. */
  async function reading<Value>(
    digest: Digest,
    work: (path: string) => Promise<Result<Value>>,
  ): Promise<Result<Value>> {
    const path = pathOf(digest);
    return guarded('a blob could not be read', path, async () =>
      (await sizeOf(path)) === undefined ? failure(storeDiagnostic.missing(digest, folder)) : work(path),
    );
  }

  const check: Store['check'] = (digest) =>
    reading(digest, async (path) => checked(digest, await hashPath(path)));

  const putFile: Store['putFile'] = (path, options) =>
    guarded(`${path} could not be stored`, folder, async () => {
      if (options?.move && (await mayMove(path))) {
        return moveIn(path, options.expected);
      }
      const stored = await copyIn(path, options?.expected);
      if (stored.ok && options?.move) {
        await unlink(path);
      }
      return stored;
    });

  return {
    pathOf,
    check,
    putFile,

    put: (bytes, options) =>
      guarded('a blob could not be stored', folder, () =>
        withTemporary(async (temporary) => {
          const blob = await writeAndHash(bytes, temporary);
          const expected = options?.expected;
          if (expected !== undefined && blob.digest !== expected) {
            return failure(storeDiagnostic.unexpected(expected, blob.digest, 'the stream'));
          }
          return success(await publish(temporary, blob));
        }),
      ),

    has: async (blobs) => {
      const found = new Set<Digest>();
      for (let start = 0; start < blobs.length; start += batchSize) {
        await Promise.all(
          blobs.slice(start, start + batchSize).map(async (blob) => {
            const digest = typeof blob === 'string' ? blob : blob.digest;
            const sizeBytes = await sizeOf(pathOf(digest));
            if (sizeBytes !== undefined && (typeof blob === 'string' || blob.sizeBytes === sizeBytes)) {
              found.add(digest);
            }
          }),
        );
      }
      return found;
    },

    readSmall: (digest, limitBytes) =>
      reading(digest, async (path) => {
        const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
        try {
          const { size } = await file.stat();
          if (size > limitBytes) {
            return failure(storeDiagnostic.tooLarge(digest, size, limitBytes));
          }
          const bytes = await file.readFile();
          const result = await checked(digest, { digest: digestOfBytes(bytes), sizeBytes: bytes.length });
          return result.ok ? success(bytes) : result;
        } finally {
          await file.close();
        }
      }),

    writeTo: (digest, path) =>
      reading(digest, async (source) => {
        const reserved = await reserve(path);
        if (!reserved.ok) {
          return reserved;
        }
        // Written beside and renamed, so that nobody takes a part for the whole.
        const beside = `${path}.${randomBytes(4).toString('hex')}.part`;
        const written = await guarded(`blob ${digest} could not be written out`, path, async () => {
          const result = await checked(digest, await copyAndHash(source, beside));
          if (result.ok) {
            await chmod(beside, 0o644);
            await rename(beside, path);
          }
          return result;
        });
        if (!written.ok) {
          await rm(beside, { force: true });
          await rm(path, { force: true });
        }
        return written;
      }),

    adopt: async (digest, from) => {
      const source = await from.check(digest);
      if (!source.ok) {
        return source;
      }
      return guarded(`blob ${digest} could not be taken over`, folder, async () => {
        const linked = await withTemporary((temporary) =>
          publishLink(from.pathOf(digest), temporary, source.value),
        );
        return linked ? source : putFile(from.pathOf(digest), { expected: digest });
      });
    },
  };

  /** False where the file system cannot link the two folders. */
  async function publishLink(source: string, temporary: string, blob: BlobReference): Promise<boolean> {
    if (!(await linked(source, temporary))) {
      return false;
    }
    await publish(temporary, blob);
    return true;
  }
}
