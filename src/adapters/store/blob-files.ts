import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, lstat, open } from 'node:fs/promises';
import type { BlobReference } from '../../model/action.ts';
import { asDigest } from '../../model/digest.ts';
import { releaseMemory } from '../../model/release-memory.ts';
import { hashFile, writeAll } from './hash-file.ts';
import { isSystemError } from './store-diagnostic.ts';

const gatheredBytes = 1024 * 1024;

/** Writes a stream to a new file. */
export async function writeAndHash(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  path: string,
): Promise<BlobReference> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  try {
    // Small chunks are gathered by copying, so that the source may use its own memory again for each.
    const gathered = Buffer.allocUnsafeSlow(gatheredBytes);
    let sizeBytes = 0;
    let used = 0;
    for await (const chunk of bytes) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      if (chunk.length > gatheredBytes - used) {
        await writeAll(file, gathered.subarray(0, used));
        used = 0;
      }
      if (chunk.length > gatheredBytes) {
        await writeAll(file, chunk);
      } else {
        gathered.set(chunk, used);
        used += chunk.length;
      }
    }
    await writeAll(file, gathered.subarray(0, used));
    releaseMemory(gathered.buffer);
    return { digest: asDigest(`sha256:${hash.digest('hex')}`), sizeBytes };
  } finally {
    await file.close();
  }
}

/** Copies by reflink where the file system can, else while hashing; the target must not exist. */
export async function copyAndHash(source: string, target: string): Promise<BlobReference> {
  if (await reflinked(source, target)) {
    return hashPath(target);
  }
  const input = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const output = await open(target, 'wx', 0o644);
    try {
      return await hashFile(input, (bytes) => writeAll(output, bytes));
    } finally {
      await output.close();
    }
  } finally {
    await input.close();
  }
}

async function reflinked(source: string, target: string): Promise<boolean> {
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    return true;
  } catch {
    // Whatever the reason, the plain copy meets it again if it matters there.
    return false;
  }
}

/** Digest and size of a file; links are not followed. */
export async function hashPath(path: string): Promise<BlobReference> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return await hashFile(file);
  } finally {
    await file.close();
  }
}

/** Size of a regular file, nothing where there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await lstat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return undefined;
    }
    throw error;
  }
}

/** Waits until a file, or the entries of a folder, are on the disk (fsync(2)). */
export async function synchronise(path: string): Promise<void> {
  const file = await open(path, constants.O_RDONLY);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
