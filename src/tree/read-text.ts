import { releaseMemory } from '../model/release-memory.ts';
import { contentReader } from './content-reader.ts';
import { entryAt, exactEntry } from './entry-at.ts';
import type { Tree, TreeFile } from './tree.ts';

/**
 * The text of a file of the tree, links followed; invalid UTF-8 becomes U+FFFD. Gives nothing where there is no
 * such file or it has more than `limitBytes`. Throws a system error where its bytes cannot be read.
 */
export function readText(tree: Tree, path: string, limitBytes: number): string | undefined {
  const file = fileAt(tree, path);
  return file === undefined || file.sizeBytes > limitBytes
    ? undefined
    : Buffer.from(readContent(file)).toString('utf8');
}

/** The file that a path leads to, through symbolic and hard links. */
export function fileAt(tree: Tree, path: string): TreeFile | undefined {
  const entry = entryAt(tree, path);
  const file = entry?.type === 'hard-link' ? exactEntry(tree, entry.target) : entry;
  return file?.type === 'file' ? file : undefined;
}

/** All bytes of a file; callers bound `sizeBytes` first. Throws a system error where they cannot be read. */
export function readContent(file: Pick<TreeFile, 'content' | 'sizeBytes'>): Uint8Array {
  const reader = contentReader();
  try {
    const bytes = Buffer.alloc(file.sizeBytes);
    reader.readInto(bytes, file.content, 0);
    return bytes;
  } finally {
    reader.close();
  }
}

/**
 * The bytes of a file as chunks of up to 1 MiB, each in the memory of the one before: it holds until the next one is
 * asked for. Throws a system error where they cannot be read.
 */
export function* contentChunks(file: Pick<TreeFile, 'content' | 'sizeBytes'>): Generator<Uint8Array> {
  const memory = Buffer.allocUnsafeSlow(Math.min(1024 * 1024, file.sizeBytes));
  const reader = contentReader();
  try {
    for (let position = 0; position < file.sizeBytes; position += memory.length) {
      const chunk = memory.subarray(0, file.sizeBytes - position);
      reader.readInto(chunk, file.content, position);
      yield chunk;
    }
  } finally {
    reader.close();
    releaseMemory(memory.buffer);
  }
}
