import {
  closeSync,
  futimesSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { releaseMemory } from '../../../model/release-memory.ts';
import { contentReader } from '../../../tree/content-reader.ts';
import type { Tree } from '../../../tree/tree.ts';

const bufferBytes = 1024 * 1024;
const entriesPerTurn = 500;

/**
 * Puts a tree into a folder that must not exist, as whoever runs it: names, bytes and links are the tree's; owners,
 * modes and attributes are not, since not every user can set them. The time of each file, folder and symbolic link
 * is `firstMark` plus the index of its entry, by which it is found again in an image made from the folder. A tree
 * has nothing below a link, so nothing is written through one. Throws system errors, and the signal's reason.
 */
export async function extractTree(
  tree: Tree,
  folder: string,
  firstMark: number,
  signal: AbortSignal,
): Promise<void> {
  const reader = contentReader();
  const buffer = Buffer.allocUnsafeSlow(bufferBytes);
  const folders: (readonly [string, number])[] = [];
  try {
    for (const [index, entry] of tree.entries.entries()) {
      const path = join(folder, entry.path);
      const mark = firstMark + index;
      switch (entry.type) {
        case 'folder':
          mkdirSync(path, 0o700);
          folders.push([path, mark]);
          break;
        case 'symbolic-link':
          symlinkSync(entry.target, path);
          lutimesSync(path, mark, mark);
          break;
        case 'hard-link':
          linkSync(join(folder, entry.target), path);
          break;
        case 'file': {
          const descriptor = openSync(path, 'wx', 0o600);
          try {
            for (let position = 0; position < entry.sizeBytes; ) {
              const piece = buffer.subarray(0, Math.min(bufferBytes, entry.sizeBytes - position));
              reader.readInto(piece, entry.content, position);
              position += writeSync(descriptor, piece);
            }
            futimesSync(descriptor, mark, mark);
          } finally {
            closeSync(descriptor);
          }
        }
      }
      if (index % entriesPerTurn === 0) {
        await nextTurn();
        signal.throwIfAborted();
      }
    }
    for (const [path, mark] of folders.reverse()) {
      utimesSync(path, mark, mark);
    }
  } finally {
    reader.close();
    releaseMemory(buffer.buffer);
  }
}
