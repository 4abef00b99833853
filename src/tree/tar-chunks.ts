import { releaseMemory } from '../model/release-memory.ts';
import { contentReader } from './content-reader.ts';
import { formatPaxRecords } from './pax-records.ts';
import { formatTarHeader, largestOctalOwner, largestOctalSize, tarBlockBytes } from './tar-header.ts';
import type { Tree, TreeEntry } from './tree.ts';

/** A multiple of the block size. */
const chunkBytes = 1024 * 1024;

/**
 * The normalised tar of a tree, as chunks of up to 1 MiB for a file, a pipe or a store. Its exact form, on which
 * digests rest:
 *
 * - members in the order of the entries; names without leading `./`, folders with a trailing slash, the root
 *   folder as `./`;
 * - a ustar header each: magic `ustar\0` and `00`, no user and group names, no prefix field, device numbers 0,
 *   numbers as zero-padded octal ended by NUL, the checksum as six digits, NUL, space;
 * - before it, only where the header cannot say it, a pax header (type `x`, named `././@PaxHeader`, mode 0644,
 *   owners and time 0) with the records in this order: `path` and `linkpath` (more than 100 bytes or not ASCII),
 *   `size` (8 GiB or more), `uid`, `gid` (2097152 or more), then `SCHILY.xattr.NAME` in the order of the names;
 *   a field that a record replaces holds the first 100 bytes of the name, or 0;
 * - two zero blocks at the end, and nothing after them.
 *
 * Throws a system error where the bytes of a file cannot be read. With `reuseMemory` a chunk holds only until the
 * next one is asked for.
 */
export function* tarChunks(
  tree: Tree,
  { reuseMemory }: { readonly reuseMemory: boolean } = { reuseMemory: false },
): Generator<Uint8Array> {
  const reader = contentReader();
  let chunk = Buffer.allocUnsafeSlow(chunkBytes);
  const nextChunk = (): typeof chunk =>
    reuseMemory && chunk.length === chunkBytes ? chunk : Buffer.allocUnsafeSlow(chunkBytes);
  const headerBlock = Buffer.alloc(tarBlockBytes);
  let used = 0;
  try {
    for (const entry of tree.entries) {
      const header = headerOf(entry, headerBlock);
      if (header.length > chunkBytes - used) {
        yield chunk.subarray(0, used);
        chunk = header.length > chunkBytes ? Buffer.allocUnsafeSlow(header.length) : nextChunk();
        used = 0;
      }
      used += header.copy(chunk, used);
      if (entry.type !== 'file') {
        continue;
      }
      let position = 0;
      while (position < entry.sizeBytes) {
        if (used >= chunkBytes) {
          yield chunk.subarray(0, used);
          chunk = nextChunk();
          used = 0;
        }
        const length = Math.min(entry.sizeBytes - position, chunkBytes - used);
        reader.readInto(chunk.subarray(used, used + length), entry.content, position);
        used += length;
        position += length;
      }
      // Chunks are whole blocks, so the padding of the last block fits.
      const padded = Math.ceil(used / tarBlockBytes) * tarBlockBytes;
      chunk.fill(0, used, padded);
      used = padded;
    }
    yield chunk.subarray(0, used);
    yield Buffer.alloc(2 * tarBlockBytes);
    if (reuseMemory) {
      releaseMemory(chunk.buffer);
    }
  } finally {
    reader.close();
  }
}

/** The header blocks of an entry; in `block` where one is enough. */
function headerOf(entry: TreeEntry, block: Buffer): Buffer {
  const name = Buffer.from(
    entry.path === '' ? './' : entry.type === 'folder' ? `${entry.path}/` : entry.path,
  );
  const linkName = Buffer.from('target' in entry ? entry.target : '');
  const sizeBytes = entry.type === 'file' ? entry.sizeBytes : 0;
  const records = formatPaxRecords(recordsOf(entry, name, linkName, sizeBytes));
  const recordBlocksBytes = Math.ceil(records.length / tarBlockBytes) * tarBlockBytes;
  const headerOffset = records.length === 0 ? 0 : tarBlockBytes + recordBlocksBytes;
  const bytes = records.length === 0 ? block : Buffer.alloc(headerOffset + tarBlockBytes);
  if (records.length > 0) {
    formatTarHeader({ ...paxHeader, sizeBytes: records.length }, bytes, 0);
    records.copy(bytes, tarBlockBytes);
  }
  formatTarHeader(
    {
      name: name.subarray(0, 100),
      linkName: linkName.subarray(0, 100),
      mode: entry.mode,
      uid: entry.uid > largestOctalOwner ? 0 : entry.uid,
      gid: entry.gid > largestOctalOwner ? 0 : entry.gid,
      sizeBytes: sizeBytes > largestOctalSize ? 0 : sizeBytes,
      modifiedAt: entry.modifiedAt,
      typeFlag: typeFlags[entry.type],
    },
    bytes,
    headerOffset,
  );
  return bytes;
}

const typeFlags = { file: '0', 'hard-link': '1', 'symbolic-link': '2', folder: '5' } as const;

const paxHeader = {
  name: Buffer.from('././@PaxHeader'),
  linkName: Buffer.alloc(0),
  mode: 0o644,
  uid: 0,
  gid: 0,
  modifiedAt: 0,
  typeFlag: 'x',
};

function* recordsOf(
  entry: TreeEntry,
  name: Buffer,
  linkName: Buffer,
  sizeBytes: number,
): Generator<[string, Uint8Array]> {
  if (!fitsHeader(name)) {
    yield ['path', name];
  }
  if (!fitsHeader(linkName)) {
    yield ['linkpath', linkName];
  }
  if (sizeBytes > largestOctalSize) {
    yield ['size', Buffer.from(String(sizeBytes))];
  }
  if (entry.uid > largestOctalOwner) {
    yield ['uid', Buffer.from(String(entry.uid))];
  }
  if (entry.gid > largestOctalOwner) {
    yield ['gid', Buffer.from(String(entry.gid))];
  }
  for (const [attribute, value] of sortedAttributes(entry)) {
    yield [`SCHILY.xattr.${attribute}`, value];
  }
}

/** Attributes by the code points of their names; names are short and few, so the plain order of ASCII does. */
function sortedAttributes(entry: TreeEntry): [string, Uint8Array][] {
  return [...(entry.attributes ?? [])].sort(([left], [right]) => (left < right ? -1 : 1));
}

function fitsHeader(name: Buffer): boolean {
  return name.length <= 100 && name.every((byte) => byte < 0x80);
}
