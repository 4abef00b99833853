import { randomBytes } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlobReference } from '../../model/action.ts';
import { type Digest, hexOf } from '../../model/digest.ts';
import { ownerPrefix, removeLeftovers } from '../process/owned-name.ts';
import { sizeOf, synchronise } from './blob-files.ts';

/** The layout of a folder of blobs, and the one way in which a file becomes one of them. */
export interface BlobFolder {
  pathOf(digest: Digest): string;
  /** Runs `work` with the path of a temporary file on the same file system, which is gone afterwards. */
  withTemporary<Value>(work: (path: string) => Promise<Value>): Promise<Value>;
  /** Makes a finished file visible under its digest. A blob that is there whole stays. */
  publish(source: string, blob: BlobReference): Promise<BlobReference>;
}

/** The first use makes the folder, and removes what killed processes left in `temporary`. */
export function createBlobFolder(folder: string, durable: boolean): BlobFolder {
  const temporaryFolder = join(folder, 'temporary');
  const blobsFolder = join(folder, 'sha256');
  const prefix = ownerPrefix();
  let prepared: Promise<void> | undefined;

  function pathOf(digest: Digest): string {
    const hex = hexOf(digest);
    return `${blobsFolder}/${hex.slice(0, 2)}/${hex}`;
  }

  async function withTemporary<Value>(work: (path: string) => Promise<Value>): Promise<Value> {
    prepared ??= prepare(folder, temporaryFolder);
    await prepared;
    const path = join(temporaryFolder, `${prefix}${randomBytes(8).toString('hex')}`);
    try {
      return await work(path);
    } finally {
      // Mostly it was renamed, and to look is quicker than to remove. A rename onto a link to itself leaves it.
      if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) {
        await rm(path, { force: true });
      }
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
  await removeLeftovers(temporaryFolder);
}
