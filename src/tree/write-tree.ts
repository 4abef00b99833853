import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { BlobReference } from '../model/action.ts';
import { asDigest } from '../model/digest.ts';
import { failure, type Result, success } from '../model/result.ts';
import { isSystemError } from './is-system-error.ts';
import { tarChunks } from './tar-chunks.ts';
import type { Tree } from './tree.ts';
import { shownPath, treeProblem } from './tree-problem.ts';

/**
 * Writes the normalised tar of a tree (its form: {@link tarChunks}) to a file that must not exist, and hashes it in
 * the same pass. On failure (SK5010: disk full, source gone) there is no file.
 */
export async function writeTree(tree: Tree, path: string): Promise<Result<BlobReference>> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    await using file = await open(path, 'wx', 0o644);
    for (const chunk of tarChunks(tree, { reuseMemory: true })) {
      // The disk works while the hash is computed.
      const written = file.appendFile(chunk);
      hash.update(chunk);
      sizeBytes += chunk.length;
      await written;
    }
  } catch (error) {
    if (!isSystemError(error)) {
      throw error;
    }
    if (error.code !== 'EEXIST') {
      await rm(path, { force: true });
    }
    return failure({
      ...treeProblem(
        'SK5010',
        `the tree cannot be written to ${shownPath(path)}: ${error.message}`,
        error.code === 'ENOSPC'
          ? 'free space there, then try again'
          : 'check the folder and the source of the tree',
      ),
      failure: 'transient',
    });
  }
  return success({ digest: asDigest(`sha256:${hash.digest('hex')}`), sizeBytes });
}
