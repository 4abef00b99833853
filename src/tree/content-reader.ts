import { closeSync, openSync, readSync } from 'node:fs';
import type { TreeContent } from './tree.ts';

/** Reads bytes of files wherever they are; keeps a few source files open until it is closed. */
export interface ContentReader {
  /** Fills `target` from `position` of the content on. Throws where the source is gone or too short. */
  readInto(target: Uint8Array, content: TreeContent, position: number): void;
  close(): void;
}

const openFilesLimit = 8;

export function contentReader(): ContentReader {
  const descriptors = new Map<string, number>();
  function descriptorOf(path: string): number {
    const known = descriptors.get(path);
    if (known !== undefined) {
      return known;
    }
    if (descriptors.size >= openFilesLimit) {
      for (const [oldest, descriptor] of [...descriptors].slice(0, 1)) {
        closeSync(descriptor);
        descriptors.delete(oldest);
      }
    }
    const descriptor = openSync(path, 'r');
    descriptors.set(path, descriptor);
    return descriptor;
  }
  return {
    readInto(target, content, position) {
      if (content.at === 'memory') {
        target.set(content.bytes.subarray(position, position + target.length));
        return;
      }
      const descriptor = descriptorOf(content.path);
      let filled = 0;
      while (filled < target.length) {
        const read = readSync(
          descriptor,
          target,
          filled,
          target.length - filled,
          content.offset + position + filled,
        );
        if (read === 0) {
          throw new ContentMissingError(content.path);
        }
        filled += read;
      }
    },
    close() {
      for (const descriptor of descriptors.values()) {
        closeSync(descriptor);
      }
      descriptors.clear();
    },
  };
}

/** The file that holds an entry's bytes became shorter after it was indexed. */
class ContentMissingError extends Error {
  readonly code = 'CONTENT_MISSING';
  readonly syscall = 'read';
  constructor(path: string) {
    super(`${path} ends before the content that it should hold`);
  }
}
