import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlobReference } from '../../model/action.ts';
import { type Digest, hexOf } from '../../model/digest.ts';
import { sizeOf, synchronise } from './blob-files.ts';

const leftoverAgeMs = 24 * 60 * 60 * 1000;

/** The layout of a folder of blobs, and the one way in which a file becomes one of them. */
export interface BlobFolder {
  pathOf(digest: Digest): string;
  /** Runs `work` with the path of a temporary file on the same file system, which is gone afterwards. */
  withTemporary<Value>(work: (path: string) => Promise<Value>): Promise<Value>;
  /** Makes a finished file visible under its digest. A blob that is there whole stays. */
  publish(source: string, blob: BlobReference): Promise<BlobReference>;
}

/** The first use makes the folder, and removes what was left in `temporary` more than a day ago. */
export function createBlobFolder(folder: string, durable: boolean): BlobFolder {
  const temporaryFolder = join(folder, 'temporary');
  let prepared: Promise<void> | undefined;

  function pathOf(digest: Digest): string {
    const hex = hexOf(digest);
    return join(folder, 'sha256', hex.slice(0, 2), hex);
  }

  async function withTemporary<Value>(work: (path: string) => Promise<Value>): Promise<Value> {
    prepared ??= prepare(folder, temporaryFolder);
    await prepared;
    const path = join(temporaryFolder, `${process.pid}-${randomBytes(8).toString('hex')}`);
    try {
      return await work(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  async function publish(source: string, blob: BlobReference): Promise<BlobReference> {
    const target = pathOf(blob.digest);
    const there = (await sizeOf(target)) === blob.sizeBytes;
    if (there && !durable) {
      return blob;
    }
    const targetFolder = dirname(target);
    await mkdir(targetFolder, { recursive: true });
    if (durable) {
      // Also where it is there: another process may have renamed it and not come to this yet.
      await synchronise(there ? target : source);
    }
    if (!there) {
      await chmod(source, 0o444);
      await rename(source, target);
    }
    if (durable) {
      await synchronise(targetFolder);
      await synchronise(dirname(targetFolder));
    }
    return blob;
  }

  return { pathOf, withTemporary, publish };
}

async function prepare(folder: string, temporaryFolder: string): Promise<void> {
  await mkdir(join(folder, 'sha256'), { recursive: true });
  await mkdir(temporaryFolder, { recursive: true });
  const oldestMs = Date.now() - leftoverAgeMs;
  for (const name of await readdir(temporaryFolder)) {
    const path = join(temporaryFolder, name);
    const found = await lstat(path).catch(() => undefined);
    if (found !== undefined && found.mtimeMs < oldestMs) {
      await rm(path, { force: true });
    }
  }
}
