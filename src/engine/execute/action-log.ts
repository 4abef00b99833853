import type { LocalStore } from '../../adapters/store/store.ts';
import type { BlobReference } from '../../model/action.ts';

const largestLogBytes = 64 * 1024 * 1024;

export interface ActionLog {
  write(line: string): void;
  /** Ends the log; nothing where there was no line, or where it could not be stored. */
  close(): Promise<BlobReference | undefined>;
}

/**
 * Streams lines into a store while they come, so that a long log takes no memory. What is beyond 64 MiB is left out,
 * and a last line says so.
 */
export function createActionLog(store: LocalStore): ActionLog {
  let waiting: Uint8Array[] = [];
  let wake: (() => void) | undefined;
  let ended = false;
  let sizeBytes = 0;
  let leftOutLines = 0;
  let stored: Promise<BlobReference | undefined> | undefined;

  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = waiting;
      waiting = [];
      yield* chunk;
      if (waiting.length === 0) {
        if (ended) {
          return;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }

  function add(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    sizeBytes += bytes.length;
    waiting.push(bytes);
    stored ??= store.put(chunks()).then(
      (result) => (result.ok ? result.value : undefined),
      () => undefined,
    );
    wake?.();
  }

  return {
    write: (line) => {
      if (ended || sizeBytes > largestLogBytes) {
        leftOutLines += 1;
      } else {
        add(line);
      }
    },
    close: () => {
      if (!ended && leftOutLines > 0) {
        add(`[${leftOutLines} more lines were left out: the log is larger than ${largestLogBytes} bytes]`);
      }
      ended = true;
      wake?.();
      return stored ?? Promise.resolve(undefined);
    },
  };
}
