import type { Duplex } from 'node:stream';

/** Cuts a stream into lines of at most `limitBytes` and reads each as JSON. The first problem ends the reading. */
export function readJsonLines(
  stream: Duplex,
  limitBytes: number,
  on: {
    readonly message: (value: unknown) => void;
    /** `the line is longer than …`, `… is not JSON`, `the connection was closed`. Told once. */
    readonly problem: (reason: string) => void;
  },
): void {
  let parts: Uint8Array[] = [];
  let lineBytes = 0;
  let broken = false;

  function stop(reason: string): void {
    if (!broken) {
      broken = true;
      parts = [];
      stream.destroy();
      on.problem(reason);
    }
  }
  function take(bytes: Uint8Array): void {
    let rest = bytes;
    while (!broken && rest.length > 0) {
      const end = rest.indexOf(0x0a);
      const part = end < 0 ? rest : rest.subarray(0, end);
      lineBytes += part.length;
      if (lineBytes > limitBytes) {
        stop(`a line is longer than ${limitBytes} bytes`);
        return;
      }
      parts.push(part);
      if (end < 0) {
        return;
      }
      const line = Buffer.concat(parts).toString('utf8').trim();
      parts = [];
      lineBytes = 0;
      rest = rest.subarray(end + 1);
      if (line !== '') {
        const value = parsed(line);
        if (value === undefined) {
          stop('a line is not JSON');
          return;
        }
        on.message(value);
      }
    }
  }
  stream.on('data', take);
  stream.on('error', (error) => stop(`the connection broke: ${error.message}`));
  stream.on('close', () => stop('the connection was closed'));
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
