import type { FileHandle } from 'node:fs/promises';

/** How long the first line of a group waits for others. */
const groupMs = 20;

/** A group that is larger is written at once. */
const largestGroupCharacters = 64 * 1024;

export interface GroupWriter {
  add(line: string): void;
  /** Resolves once every line that was added is on the disk; rejects where any was lost. */
  synchronise(): Promise<void>;
}

/** Writes lines in groups, and brings each group to the disk before the next is begun: one sync for many lines. */
export function createGroupWriter(file: FileHandle): GroupWriter {
  let group: string[] = [];
  let characters = 0;
  let soon: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let lost: { readonly error: unknown } | undefined;

  async function writeAll(): Promise<void> {
    while (group.length > 0) {
      const text = group.join('');
      group = [];
      characters = 0;
      try {
        await file.appendFile(text);
        await file.datasync();
      } catch (error) {
        lost ??= { error };
      }
    }
  }

  /** One writer at a time; it takes along what is added while it is at work. */
  function write(): Promise<void> {
    clearTimeout(soon);
    soon = undefined;
    writing ??= writeAll().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  return {
    add: (line) => {
      group.push(line);
      characters += line.length;
      if (characters > largestGroupCharacters) {
        void write();
      } else {
        soon ??= setTimeout(write, groupMs);
      }
    },
    synchronise: async () => {
      // What is at work may have passed its last look at the group.
      while (group.length > 0 || writing !== undefined) {
        await write();
      }
      if (lost !== undefined) {
        throw lost.error;
      }
    },
  };
}
