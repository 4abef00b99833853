export interface ByteTail {
  write(bytes: Uint8Array): void;
  /** Bytes written so far, kept or not. */
  readonly writtenBytes: number;
  text(): string;
}

/** Keeps the last bytes of a stream. */
export function createByteTail(limitBytes: number): ByteTail {
  const chunks: Uint8Array[] = [];
  let keptBytes = 0;
  let writtenBytes = 0;
  return {
    write: (bytes) => {
      chunks.push(bytes);
      keptBytes += bytes.length;
      writtenBytes += bytes.length;
      for (let first = chunks[0]; first && keptBytes - first.length >= limitBytes; first = chunks[0]) {
        keptBytes -= first.length;
        chunks.shift();
      }
    },
    get writtenBytes() {
      return writtenBytes;
    },
    text: () => Buffer.concat(chunks).subarray(-limitBytes).toString('utf8'),
  };
}
