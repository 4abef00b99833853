import { StringDecoder } from 'node:string_decoder';

const longestLine = 64 * 1024;

export interface LineSplitter {
  write(bytes: Uint8Array): void;
  /** Gives out the last line where it has no newline. */
  end(): void;
}

/** Cuts UTF-8 bytes into lines; bytes that are not UTF-8 become U+FFFD, a carriage return ends a line too. */
export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  function take(text: string): void {
    const lines = (rest + text).split(/\r?\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      onLine(line);
    }
    while (rest.length > longestLine) {
      onLine(rest.slice(0, longestLine));
      rest = rest.slice(longestLine);
    }
  }
  return {
    write: (bytes) => take(decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))),
    end: () => {
      take(decoder.end());
      if (rest !== '') {
        onLine(rest.replace(/\r$/, ''));
        rest = '';
      }
    },
  };
}
