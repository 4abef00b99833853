const longestSequence = 1024;

/**
 * Turns what a terminal would get, chunk by chunk, into plain text: escape sequences (ECMA-48 CSI, OSC and two-byte
 * ones) and control characters but newline and tab are left out; characters beyond ASCII become `?`. A sequence that
 * never ends is given up after 1 KiB, so no output can hide for long.
 */
export function createConsoleFilter(): (bytes: Uint8Array) => string {
  let state: 'text' | 'escape' | 'control-sequence' | 'string' = 'text';
  let sequenceLength = 0;
  return (bytes) => {
    const kept: number[] = [];
    let text = '';
    for (const byte of bytes) {
      if (state !== 'text' && ++sequenceLength > longestSequence) {
        state = 'text';
      }
      switch (state) {
        case 'text':
          if (byte === 0x1b) {
            state = 'escape';
            sequenceLength = 0;
          } else if ((byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x09) {
            kept.push(byte);
          } else if (byte >= 0xc0) {
            kept.push(0x3f);
          }
          break;
        case 'escape':
          state = byte === 0x5b ? 'control-sequence' : byte === 0x5d ? 'string' : 'text';
          break;
        case 'control-sequence':
          // Ends with its final byte, and with any byte that cannot stand in it.
          if (byte < 0x20 || byte > 0x3f) {
            state = 'text';
          }
          break;
        case 'string':
          if (byte === 0x07) {
            state = 'text';
          } else if (byte === 0x1b) {
            state = 'escape';
          }
          break;
      }
      if (kept.length >= 8192) {
        text += String.fromCharCode(...kept.splice(0));
      }
    }
    return text + String.fromCharCode(...kept);
  };
}

/** The last lines of console output that are not empty, as plain text; each cut to 200 characters. */
export function lastConsoleLines(output: Uint8Array, count: number): readonly string[] {
  const plain = createConsoleFilter()(output.subarray(-64 * 1024));
  return plain
    .split('\n')
    .map((line) => line.trimEnd().slice(0, 200))
    .filter((line) => line !== '')
    .slice(-count);
}
