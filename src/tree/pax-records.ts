/**
 * The records of a pax extended header (POSIX.1-2017 pax, "pax Extended Header"): keyword → value bytes. The last
 * one of a keyword holds. Gives nothing where the bytes are no such records.
 */
export function parsePaxRecords(bytes: Buffer): Map<string, Buffer> | undefined {
  const records = new Map<string, Buffer>();
  let offset = 0;
  while (offset < bytes.length) {
    const space = bytes.indexOf(0x20, offset);
    if (space === -1 || space - offset > 10) {
      return undefined;
    }
    const digits = bytes.toString('latin1', offset, space);
    const end = offset + Number(digits);
    if (!/^[0-9]+$/.test(digits) || end > bytes.length || end <= space + 1 || bytes[end - 1] !== 0x0a) {
      return undefined;
    }
    const equals = bytes.indexOf(0x3d, space + 1);
    if (equals === -1 || equals >= end || equals === space + 1) {
      return undefined;
    }
    records.set(bytes.toString('utf8', space + 1, equals), bytes.subarray(equals + 1, end - 1));
    offset = end;
  }
  return records;
}

/** Records as bytes, in the order given. */
export function formatPaxRecords(records: Iterable<readonly [string, Uint8Array]>): Buffer {
  const parts: Uint8Array[] = [];
  for (const [keyword, value] of records) {
    const key = Buffer.from(` ${keyword}=`);
    const bodyBytes = key.length + value.length + 1;
    parts.push(Buffer.from(String(recordLength(bodyBytes))), key, value, Buffer.from('\n'));
  }
  return Buffer.concat(parts);
}

/** The length that counts its own digits. */
function recordLength(bodyBytes: number): number {
  let length = bodyBytes + 1;
  while (String(length).length + bodyBytes !== length) {
    length = String(length).length + bodyBytes;
  }
  return length;
}
