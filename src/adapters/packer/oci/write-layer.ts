import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { asDigest, type Digest } from '../../../model/digest.ts';
import { tarChunks } from '../../../tree/tar-chunks.ts';
import type { Tree } from '../../../tree/tree.ts';
import { gzipMembers } from './gzip-members.ts';

/** A compressed layer in a file. */
export interface WrittenLayer {
  readonly path: string;
  /** Of the compressed bytes. */
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** Of the tar: what OCI calls the diff id. For a whole tree it is the digest of the tree. */
  readonly tarDigest: Digest;
}

/** Writes a tree as a gzip layer to a file that must not exist, both hashes in the same pass. Throws system errors. */
export async function writeLayer(tree: Tree, path: string, signal: AbortSignal): Promise<WrittenLayer> {
  const tarHash = createHash('sha256');
  const hash = createHash('sha256');
  let sizeBytes = 0;
  await using file = await open(path, 'wx');
  for await (const member of gzipMembers(hashed(tarChunks(tree, { reuseMemory: true }), tarHash))) {
    signal.throwIfAborted();
    const written = file.appendFile(member);
    hash.update(member);
    sizeBytes += member.length;
    await written;
  }
  return {
    path,
    digest: asDigest(`sha256:${hash.digest('hex')}`),
    sizeBytes,
    tarDigest: asDigest(`sha256:${tarHash.digest('hex')}`),
  };
}

function* hashed(chunks: Iterable<Uint8Array>, hash: ReturnType<typeof createHash>): Generator<Uint8Array> {
  for (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}
