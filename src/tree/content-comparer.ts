import { releaseMemory } from '../model/release-memory.ts';
import { contentReader } from './content-reader.ts';
import type { TreeFile } from './tree.ts';

/** Compares the bytes of files; keeps its memory and a few source files until it is closed. */
export interface ContentComparer {
  /**
   * Index of the first byte that differs between two files of the same size. Throws a system error where their bytes
   * cannot be read.
   */
  firstDifference(left: TreeFile, right: TreeFile): number | undefined;
  close(): void;
}

const pieceBytes = 256 * 1024;

export function contentComparer(): ContentComparer {
  const reader = contentReader();
  const leftMemory = Buffer.allocUnsafeSlow(pieceBytes);
  const rightMemory = Buffer.allocUnsafeSlow(pieceBytes);
  return {
    firstDifference(left, right) {
      if (isSamePlace(left, right)) {
        return undefined;
      }
      for (let position = 0; position < left.sizeBytes; position += pieceBytes) {
        const a = leftMemory.subarray(0, left.sizeBytes - position);
        const b = rightMemory.subarray(0, left.sizeBytes - position);
        reader.readInto(a, left.content, position);
        reader.readInto(b, right.content, position);
        if (!a.equals(b)) {
          return position + a.findIndex((byte, index) => byte !== b[index]);
        }
      }
      return undefined;
    },
    close() {
      reader.close();
      releaseMemory(leftMemory.buffer);
      releaseMemory(rightMemory.buffer);
    },
  };
}

function isSamePlace(left: TreeFile, right: TreeFile): boolean {
  const a = left.content;
  const b = right.content;
  return a === b || (a.at === 'file' && b.at === 'file' && a.path === b.path && a.offset === b.offset);
}
