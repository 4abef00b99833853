import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { BlobReference } from '../../model/action.ts';
import { asDigest } from '../../model/digest.ts';
import { releaseMemory } from '../../model/release-memory.ts';

const chunkBytes = 1024 * 1024;

/**
 * Reads a file through once and gives digest and size. Each chunk goes to `onChunk` as well; its bytes hold only
 * until that resolves. The next chunk is read while the last is hashed.
 */
export async function hashFile(
  file: FileHandle,
  onChunk?: (bytes: Uint8Array) => Promise<void>,
): Promise<BlobReference> {
  const hash = createHash('sha256');
  let current = Buffer.allocUnsafeSlow(chunkBytes);
  let next = Buffer.allocUnsafeSlow(chunkBytes);
  let sizeBytes = 0;
  let reading = file.read(current, 0, chunkBytes, 0);
  for (;;) {
    const { bytesRead } = await reading;
    if (bytesRead === 0) {
      releaseMemory(current.buffer);
      releaseMemory(next.buffer);
      return { digest: asDigest(`sha256:${hash.digest('hex')}`), sizeBytes };
    }
    sizeBytes += bytesRead;
    reading = file.read(next, 0, chunkBytes, sizeBytes);
    // A failed write leaves by an exception; the read that is under way must not become an unhandled one.
    reading.catch(() => {});
    const bytes = current.subarray(0, bytesRead);
    const taken = onChunk?.(bytes);
    hash.update(bytes);
    await taken;
    [current, next] = [next, current];
  }
}

/** Writes all of the bytes, however many calls that takes. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await file.write(bytes, written, bytes.length - written)).bytesWritten;
  }
}
