/** The fields of one 512-byte tar header that the tree needs, as written; pax and GNU extensions come on top. */
export interface TarHeader {
  readonly name: Buffer;
  readonly linkName: Buffer;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly modifiedAt: number;
  /** `0` file, `1` hard link, `2` symbolic link, `5` folder, `x` and `g` pax records, `L` and `K` GNU long names … */
  readonly typeFlag: string;
}

export const tarBlockBytes = 512;

const slash = Buffer.from('/');
const checksumStart = 148;
const checksumEnd = 156;

/**
 * Reads a header block (POSIX.1-2017 pax, "ustar Interchange Format"; GNU's base-256 numbers are read too).
 * Gives nothing where the checksum does not fit. A number that cannot be read is NaN.
 */
export function parseTarHeader(block: Buffer): TarHeader | undefined {
  if (checksumOf(block) !== parseNumber(block, checksumStart, checksumEnd)) {
    return undefined;
  }
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? terminated(block, 345, 500) : block.subarray(0, 0);
  const name = terminated(block, 0, 100);
  return {
    name: prefix.length === 0 ? name : Buffer.concat([prefix, slash, name]),
    linkName: terminated(block, 157, 257),
    mode: parseNumber(block, 100, 108),
    uid: parseNumber(block, 108, 116),
    gid: parseNumber(block, 116, 124),
    sizeBytes: parseNumber(block, 124, 136),
    modifiedAt: parseNumber(block, 136, 148),
    typeFlag: String.fromCharCode(block[156] ?? 0),
  };
}

/** What {@link formatTarHeader} takes: names of at most 100 bytes, numbers that fit their octal fields. */

/** Largest size that the twelve-byte field holds; beyond it a pax record says the size. */
export const largestOctalSize = 0o77777777777;
/** Largest owner that the eight-byte field holds. */
export const largestOctalOwner = 0o7777777;

/**
 * Writes a ustar header into `block` at `offset`: no user names, no prefix, numbers zero-padded and NUL-ended. Names
 * have at most 100 bytes, numbers fit their octal fields.
 */
export function formatTarHeader(fields: TarHeader, block: Buffer, offset: number): void {
  block.fill(0, offset, offset + tarBlockBytes);
  fields.name.copy(block, offset);
  writeOctal(block, offset + 100, 7, fields.mode);
  writeOctal(block, offset + 108, 7, fields.uid);
  writeOctal(block, offset + 116, 7, fields.gid);
  writeOctal(block, offset + 124, 11, fields.sizeBytes);
  writeOctal(block, offset + 136, 11, fields.modifiedAt);
  block.write(fields.typeFlag, offset + 156, 'latin1');
  fields.linkName.copy(block, offset + 157);
  block.write('ustar\u000000', offset + 257, 'latin1');
  writeOctal(block, offset + 329, 7, 0);
  writeOctal(block, offset + 337, 7, 0);
  writeOctal(block, offset + checksumStart, 6, checksumOf(block.subarray(offset, offset + tarBlockBytes)));
  block[offset + checksumEnd - 1] = 0x20;
}

/** Sum of all bytes, the checksum field itself counted as spaces. */
function checksumOf(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let index = 0; index < checksumStart; index++) {
    sum += block[index] ?? 0;
  }
  for (let index = checksumEnd; index < tarBlockBytes; index++) {
    sum += block[index] ?? 0;
  }
  return sum;
}

function terminated(block: Buffer, start: number, end: number): Buffer {
  const nul = block.indexOf(0, start);
  return block.subarray(start, nul === -1 || nul > end ? end : nul);
}

function parseNumber(block: Buffer, start: number, end: number): number {
  const first = block[start] ?? 0;
  return first & 0x80 ? parseBase256(block, start, end) : parseOctal(block, start, end);
}

function parseOctal(block: Buffer, start: number, end: number): number {
  let value = 0;
  let index = start;
  while (index < end && block[index] === 0x20) {
    index++;
  }
  for (; index < end; index++) {
    const byte = block[index] ?? 0;
    if (byte === 0 || byte === 0x20) {
      break;
    }
    if (byte < 0x30 || byte > 0x37) {
      return Number.NaN;
    }
    value = value * 8 + (byte - 0x30);
  }
  return value;
}

/** GNU's binary form: the first bit set, the second one the sign, the rest big-endian two's complement. */
function parseBase256(block: Buffer, start: number, end: number): number {
  let value = BigInt((block[start] ?? 0) & 0x7f);
  for (let index = start + 1; index < end; index++) {
    value = (value << 8n) | BigInt(block[index] ?? 0);
  }
  return Number(BigInt.asIntN((end - start) * 8 - 1, value));
}

function writeOctal(block: Buffer, offset: number, digits: number, value: number): void {
  block.write(value.toString(8).padStart(digits, '0'), offset, 'latin1');
}
