/** The length-prefixed byte strings of SSH (RFC 4251, section 5): `uint32` length in network order, then the bytes. */
export function sshString(value: Uint8Array | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/**
 * Takes exactly `count` strings out of `bytes`, or says `undefined` where they do not fill it to the last byte.
 * Nothing is allocated by a length that the bytes do not have.
 */
export function readSshStrings(bytes: Uint8Array, count: number): readonly Buffer[] | undefined {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const strings: Buffer[] = [];
  let offset = 0;
  for (let index = 0; index < count; index += 1) {
    if (offset + 4 > source.length) {
      return undefined;
    }
    const end = offset + 4 + source.readUInt32BE(offset);
    if (end > source.length) {
      return undefined;
    }
    strings.push(source.subarray(offset + 4, end));
    offset = end;
  }
  return offset === source.length ? strings : undefined;
}
