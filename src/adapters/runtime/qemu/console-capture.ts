import type { Readable } from 'node:stream';
import { createConsoleFilter } from '../../../model/console-text.ts';

/** What came out of a serial port, kept up to a limit, and watchers for texts in it. */
export interface ConsoleCapture {
  bytes(): Uint8Array;
  /**
   * Calls back once with the first of the texts that is there or comes, escape sequences ignored. Sees everything,
   * also what is beyond the limit of what is kept. Gives a function that ends the watch.
   */
  watch(texts: readonly string[], found: (text: string) => void): () => void;
}

/** Keeps the first `limitBytes` of a stream and reads on beyond it, so that the guest never blocks. */
export function captureConsole(stream: Readable, limitBytes: number): ConsoleCapture {
  const chunks: Uint8Array[] = [];
  let keptBytes = 0;
  const watchers = new Set<(bytes: Uint8Array) => void>();
  stream.on('error', () => {});
  stream.on('data', (bytes: Uint8Array) => {
    const kept = bytes.subarray(0, limitBytes - keptBytes);
    if (kept.length > 0) {
      chunks.push(kept);
      keptBytes += kept.length;
    }
    for (const watcher of [...watchers]) {
      watcher(bytes);
    }
  });
  function watch(texts: readonly string[], found: (text: string) => void): () => void {
    const matches = createTextMatcher(texts);
    function look(bytes: Uint8Array): void {
      const text = matches(bytes);
      if (text !== undefined) {
        watchers.delete(look);
        found(text);
      }
    }
    watchers.add(look);
    for (const chunk of chunks) {
      if (watchers.has(look)) {
        look(chunk);
      }
    }
    return () => watchers.delete(look);
  }
  return { bytes: () => Buffer.concat(chunks), watch };
}

/** Finds the first of some texts in a stream of chunks, wherever the chunks are cut. */
function createTextMatcher(texts: readonly string[]): (bytes: Uint8Array) => string | undefined {
  const plain = createConsoleFilter();
  const overlap = Math.max(...texts.map((text) => text.length)) - 1;
  let tail = '';
  return (bytes) => {
    const text = tail + plain(bytes);
    tail = overlap > 0 ? text.slice(-overlap) : '';
    const places = texts.map((wanted) => ({ wanted, at: text.indexOf(wanted) })).filter(({ at }) => at >= 0);
    places.sort((left, right) => left.at - right.at);
    return places[0]?.wanted;
  };
}
