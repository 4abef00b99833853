import { isUtf8 } from 'node:buffer';
import { Writable } from 'node:stream';

const lineLimitBytes = 64 * 1024;
const streamLimitBytes = 16 * 1024 * 1024;

/** What makes a stream of events unreadable. */
export type StreamProblem = 'long-line' | 'long-stream' | 'not-utf8';

/**
 * A sink for stdout that hands over whole lines: at most 64 KiB each, 16 MiB together, in UTF-8. After a problem nothing
 * more is handed over. A last line without newline counts.
 */
export function eventLines(
  onLine: (line: string) => void,
  onProblem: (problem: StreamProblem) => void,
): Writable {
  let rest = Buffer.alloc(0);
  let takenBytes = 0;
  let isBroken = false;

  function stop(problem: StreamProblem): void {
    isBroken = true;
    rest = Buffer.alloc(0);
    onProblem(problem);
  }

  function hand(line: Buffer): void {
    if (isBroken) {
      return;
    }
    if (line.length > lineLimitBytes) {
      stop('long-line');
    } else if (!isUtf8(line)) {
      stop('not-utf8');
    } else {
      onLine(line.toString('utf8'));
    }
  }

  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      takenBytes += chunk.length;
      if (!isBroken && takenBytes > streamLimitBytes) {
        stop('long-stream');
      }
      let start = 0;
      for (let end = chunk.indexOf(0x0a); end !== -1 && !isBroken; end = chunk.indexOf(0x0a, start)) {
        hand(Buffer.concat([rest, chunk.subarray(start, end)]));
        rest = Buffer.alloc(0);
        start = end + 1;
      }
      if (!isBroken) {
        rest = Buffer.concat([rest, chunk.subarray(start)]);
        if (rest.length > lineLimitBytes) {
          stop('long-line');
        }
      }
      done();
    },
    final(done) {
      if (rest.length > 0) {
        hand(rest);
      }
      done();
    },
  });
}
