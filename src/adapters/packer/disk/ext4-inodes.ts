import { readSync, writeSync } from 'node:fs';
import { crc32c } from './crc32c.ts';

/**
 * The inode table of an ext4 file system that mke2fs has just made with the features of make-ext4.ts, so that times
 * and owners can be written into it. Layout: the kernel's "ext4 Data Structures and Algorithms", sections Super
 * Block, Block Group Descriptors, Inode Table, Checksums.
 */
export interface Ext4Inodes {
  /** Calls back for every inode in use from `first_ino` on, and for the root folder (2). */
  forEachUsed(visit: (inode: Inode) => void): void;
  /** As above, and writes back every inode for which there is a stamp. */
  stamp(stampOf: (inode: Inode) => InodeStamp): void;
}

export interface Inode {
  readonly number: number;
  /** Lower 32 bits of the modification time. */
  readonly modifiedAt: number;
}

/** Times are in seconds since 1970. */
export interface InodeStamp {
  /** Permission bits; the type of the inode stays. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modifiedAt: number;
  readonly createdAt: number;
}

export const rootInode = 2;

/** Reads the super block at `offset` of an open file. Throws where it is not as mke2fs was told to make it. */
export function ext4Inodes(descriptor: number, offset: number): Ext4Inodes {
  const superBlock = bytesAt(descriptor, offset + 1024, 1024);
  const inodeBytes = superBlock.readUInt16LE(0x58);
  const descriptorBytes = superBlock.readUInt16LE(0xfe);
  if (superBlock.readUInt16LE(0x38) !== 0xef53 || inodeBytes !== 256 || descriptorBytes !== 64) {
    throw new TypeError('not an ext4 file system with 256-byte inodes and 64-byte descriptors');
  }
  const blockBytes = 1024 << superBlock.readUInt32LE(0x18);
  const inodesPerGroup = superBlock.readUInt32LE(0x28);
  const groups = Math.ceil(superBlock.readUInt32LE(0x00) / inodesPerGroup);
  const firstInode = superBlock.readUInt32LE(0x54);
  const checksumSeed = crc32c(0xffffffff, superBlock.subarray(0x68, 0x78));
  const descriptors = bytesAt(descriptor, offset + blockBytes, groups * descriptorBytes);

  function visitGroups(visit: (inode: Inode, bytes: Buffer) => boolean): void {
    for (let group = 0; group < groups; group++) {
      const entry = descriptors.subarray(group * descriptorBytes, (group + 1) * descriptorBytes);
      const tableBlock = entry.readUInt32LE(0x08) + entry.readUInt32LE(0x28) * 2 ** 32;
      const used = inodesPerGroup - entry.readUInt16LE(0x1c) - entry.readUInt16LE(0x32) * 2 ** 16;
      const tableOffset = offset + tableBlock * blockBytes;
      const table = bytesAt(descriptor, tableOffset, used * inodeBytes);
      let changed = false;
      for (let index = 0; index < used; index++) {
        const number = group * inodesPerGroup + index + 1;
        const bytes = table.subarray(index * inodeBytes, (index + 1) * inodeBytes);
        const isUsed = bytes.readUInt16LE(0x1a) > 0;
        if (isUsed && (number >= firstInode || number === rootInode)) {
          changed = visit({ number, modifiedAt: bytes.readUInt32LE(0x10) }, bytes) || changed;
        }
      }
      if (changed) {
        writeWhole(descriptor, table, tableOffset);
      }
    }
  }

  return {
    forEachUsed(visit) {
      visitGroups((inode) => {
        visit(inode);
        return false;
      });
    },
    stamp(stampOf) {
      visitGroups((inode, bytes) => {
        writeStamp(bytes, stampOf(inode));
        writeChecksum(bytes, inode.number, checksumSeed);
        return true;
      });
    },
  };
}

function writeStamp(bytes: Buffer, stamp: InodeStamp): void {
  bytes.writeUInt16LE((bytes.readUInt16LE(0) & 0xf000) | stamp.mode, 0);
  bytes.writeUInt16LE(stamp.uid & 0xffff, 0x02);
  bytes.writeUInt16LE(stamp.uid >>> 16, 0x78);
  bytes.writeUInt16LE(stamp.gid & 0xffff, 0x18);
  bytes.writeUInt16LE(stamp.gid >>> 16, 0x7a);
  writeTime(bytes, 0x08, 0x8c, stamp.modifiedAt);
  writeTime(bytes, 0x0c, 0x84, stamp.createdAt);
  writeTime(bytes, 0x10, 0x88, stamp.modifiedAt);
  writeTime(bytes, 0x90, 0x94, stamp.createdAt);
}

/** 32 signed bits, and two more above them in the extra field, whose nanoseconds stay 0. */
function writeTime(bytes: Buffer, offset: number, extraOffset: number, seconds: number): void {
  const low = seconds | 0;
  bytes.writeInt32LE(low, offset);
  bytes.writeUInt32LE(((seconds - low) / 2 ** 32) & 3, extraOffset);
}

function writeChecksum(bytes: Buffer, number: number, seed: number): void {
  bytes.writeUInt16LE(0, 0x7c);
  bytes.writeUInt16LE(0, 0x82);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(number, 0);
  bytes.copy(head, 4, 0x64, 0x68);
  const checksum = crc32c(crc32c(seed, head), bytes);
  bytes.writeUInt16LE(checksum & 0xffff, 0x7c);
  bytes.writeUInt16LE(checksum >>> 16, 0x82);
}

function bytesAt(descriptor: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (readSync(descriptor, bytes, 0, length, offset) !== length) {
    throw new TypeError('the ext4 file system ends too early');
  }
  return bytes;
}

function writeWhole(descriptor: number, bytes: Buffer, offset: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(descriptor, bytes, written, bytes.length - written, offset + written);
  }
}
