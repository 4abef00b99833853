import { isUtf8 } from 'node:buffer';
import { readSync } from 'node:fs';
import type { Diagnostic } from '../model/diagnostic.ts';
import { parsePaxRecords } from './pax-records.ts';
import { parseTarHeader, type TarHeader, tarBlockBytes } from './tar-header.ts';
import { shownPath, treeProblem } from './tree-problem.ts';

/** One member of a tar with its pax and GNU extensions applied; names as they stand there. */
export interface TarMember {
  readonly name: string;
  readonly linkName: string;
  /** `0` file, `1` hard link, `2` symbolic link, `3` and `4` devices, `5` folder, `6` fifo. */
  readonly typeFlag: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Whole seconds since 1970, not below 0. */
  readonly modifiedAt: number;
  readonly sizeBytes: number;
  /** Where the bytes start in the tar. */
  readonly offset: number;
  readonly attributes?: ReadonlyMap<string, Uint8Array>;
}

/** Longest path, as Linux has it. */
const pathLimitBytes = 4096;
const recordsLimitBytes = 1024 * 1024;
const windowBytes = 128 * 1024;
const ownerLimit = 0xfffffffe;
const attributePrefix = 'SCHILY.xattr.';

/**
 * The members of an uncompressed tar in their order, read by seeking from header to header. Ends with a diagnostic
 * where the tar is damaged or uses a form that no root file system needs (SK5002 to SK5005).
 */
export function* tarMembers(descriptor: number, tarBytes: number): Generator<TarMember | Diagnostic> {
  const blockAt = windowedReader(descriptor);
  const globalRecords = new Map<string, Buffer>();
  let records = new Map<string, Buffer>();
  let offset = 0;
  let endBlocks = 0;
  while (offset + tarBlockBytes <= tarBytes && endBlocks === 0) {
    const block = blockAt(offset);
    if (isZero(block)) {
      endBlocks++;
      break;
    }
    const header = parseTarHeader(block);
    if (header === undefined) {
      yield damaged(`the header at byte ${offset} has a wrong checksum`);
      return;
    }
    const dataOffset = offset + tarBlockBytes;
    const sizeBytes = sizeOf(header, records, globalRecords);
    if (sizeBytes === undefined || dataOffset + sizeBytes > tarBytes) {
      yield damaged(`the member at byte ${offset} has a size that the file does not hold`);
      return;
    }
    offset = dataOffset + Math.ceil(sizeBytes / tarBlockBytes) * tarBlockBytes;
    if ('xgLK'.includes(header.typeFlag)) {
      if (sizeBytes > recordsLimitBytes) {
        yield damaged(`the extended header at byte ${dataOffset} has more than ${recordsLimitBytes} bytes`);
        return;
      }
      const bytes = readBytes(descriptor, dataOffset, sizeBytes);
      const read = extensionRecords(header.typeFlag, bytes);
      if (read === undefined) {
        yield damaged(`the extended header at byte ${dataOffset} cannot be read`);
        return;
      }
      if (header.typeFlag === 'g') {
        addAll(globalRecords, read);
      } else {
        addAll(records, read);
      }
      continue;
    }
    const member = memberOf(header, merged(globalRecords, records), dataOffset, sizeBytes);
    yield member;
    if ('code' in member) {
      return;
    }
    records = new Map();
  }
  if (endBlocks === 0 || records.size > 0) {
    yield damaged('it stops without the two zero blocks at the end');
  }
}

function memberOf(
  header: TarHeader,
  records: ReadonlyMap<string, Buffer>,
  offset: number,
  sizeBytes: number,
): TarMember | Diagnostic {
  const name = textOf(records.get('path') ?? header.name);
  const linkName = textOf(records.get('linkpath') ?? header.linkName);
  if (name === undefined || linkName === undefined) {
    return treeProblem(
      'SK5004',
      `a name before byte ${offset} of the tar is not UTF-8, holds a NUL or is longer than ${pathLimitBytes} bytes`,
      'rename the file where the tree is made',
    );
  }
  const isOldFolder = (header.typeFlag === '0' || header.typeFlag === '\0') && name.endsWith('/');
  const typeFlag = isOldFolder
    ? '5'
    : header.typeFlag === '\0' || header.typeFlag === '7'
      ? '0'
      : header.typeFlag;
  const isSparse =
    records.has('GNU.sparse.major') || records.has('GNU.sparse.map') || records.has('GNU.sparse.size');
  if (isSparse || !'0123456'.includes(typeFlag)) {
    return treeProblem(
      'SK5005',
      `${shownPath(name)} is of a tar type that is not supported (${isSparse ? 'sparse' : JSON.stringify(typeFlag)})`,
      'write the tar in plain pax format: `tar --format=pax` without --sparse',
    );
  }
  if (typeFlag !== '0' && sizeBytes !== 0) {
    return damaged(`${shownPath(name)} is no file and has ${sizeBytes} bytes of content`);
  }
  const uid = numberOf(records.get('uid'), header.uid);
  const gid = numberOf(records.get('gid'), header.gid);
  const modifiedAt = numberOf(records.get('mtime'), header.modifiedAt);
  if (
    !isOwner(uid) ||
    !isOwner(gid) ||
    !Number.isSafeInteger(modifiedAt) ||
    !Number.isSafeInteger(header.mode)
  ) {
    return damaged(`${shownPath(name)} has an owner, a mode or a time that is no number or out of range`);
  }
  const attributes = attributesOf(records);
  return {
    name,
    linkName,
    typeFlag,
    mode: header.mode & 0o7777,
    uid,
    gid,
    modifiedAt: Math.max(0, modifiedAt),
    sizeBytes,
    offset,
    ...(attributes.size > 0 && { attributes }),
  };
}

/** Records of a pax header; GNU's long names come as the pax record that means the same. */
function extensionRecords(typeFlag: string, bytes: Buffer): Map<string, Buffer> | undefined {
  if (typeFlag === 'x' || typeFlag === 'g') {
    return parsePaxRecords(bytes);
  }
  const nul = bytes.indexOf(0);
  return new Map([[typeFlag === 'L' ? 'path' : 'linkpath', nul === -1 ? bytes : bytes.subarray(0, nul)]]);
}

/** An extended header's own size is never overridden; undefined where it is no number from 0. */
function sizeOf(
  header: TarHeader,
  records: ReadonlyMap<string, Buffer>,
  globalRecords: ReadonlyMap<string, Buffer>,
): number | undefined {
  const record = 'xgLK'.includes(header.typeFlag)
    ? undefined
    : (records.get('size') ?? globalRecords.get('size'));
  const sizeBytes = numberOf(record, header.sizeBytes);
  return Number.isSafeInteger(sizeBytes) && sizeBytes >= 0 ? sizeBytes : undefined;
}

/** A decimal record, fractions of times cut off; NaN where it is none. */
function numberOf(record: Buffer | undefined, otherwise: number): number {
  if (record === undefined) {
    return otherwise;
  }
  const text = record.subarray(0, 40).toString('latin1');
  return record.length <= 40 && /^-?[0-9]+(\.[0-9]*)?$/.test(text) ? Math.floor(Number(text)) : Number.NaN;
}

function isOwner(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= ownerLimit;
}

function attributesOf(records: ReadonlyMap<string, Buffer>): Map<string, Uint8Array> {
  const attributes = new Map<string, Uint8Array>();
  for (const [keyword, value] of records) {
    if (keyword.startsWith(attributePrefix)) {
      attributes.set(keyword.slice(attributePrefix.length), Uint8Array.from(value));
    }
  }
  return attributes;
}

function textOf(bytes: Buffer): string | undefined {
  return bytes.length <= pathLimitBytes && isUtf8(bytes) && !bytes.includes(0)
    ? bytes.toString('utf8')
    : undefined;
}

function merged(first: Map<string, Buffer>, second: Map<string, Buffer>): Map<string, Buffer> {
  return first.size === 0 ? second : new Map([...first, ...second]);
}

function addAll(target: Map<string, Buffer>, source: ReadonlyMap<string, Buffer>): void {
  for (const [key, value] of source) {
    target.set(key, value);
  }
}

/** Header blocks out of a window, so that small files between two headers cost no further system call. */
function windowedReader(descriptor: number): (offset: number) => Buffer {
  const window = Buffer.allocUnsafeSlow(windowBytes);
  let start = 0;
  let end = 0;
  return (offset) => {
    if (offset < start || offset + tarBlockBytes > end) {
      start = offset;
      end = offset + readSync(descriptor, window, 0, windowBytes, offset);
    }
    return window.subarray(offset - start, offset - start + tarBlockBytes);
  };
}

function readBytes(descriptor: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(descriptor, bytes, 0, length, offset);
  return bytes;
}

function isZero(block: Buffer): boolean {
  return block[0] === 0 && block.every((byte) => byte === 0);
}

function damaged(what: string): Diagnostic {
  return treeProblem(
    'SK5003',
    `the tar is damaged: ${what}`,
    'make the tar again; if it came from a store, check the blob',
  );
}
