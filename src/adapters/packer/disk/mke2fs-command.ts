import { writeFileSync } from 'node:fs';
import { rootFileSystemLabel } from '../../../model/disk.ts';
import type { Command } from '../../process/process.ts';
import type { ImageIdentity } from './image-identity.ts';

/** Where in a file a file system lies. */
export interface ImageRange {
  readonly path: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

export interface Mke2fsRequest {
  readonly range: ImageRange;
  /** What goes into the file system. */
  readonly folder: string;
  /** At least as many inodes are needed. */
  readonly inodes: number;
  readonly identity: ImageIdentity;
  readonly sourceDateEpoch: number;
  /** Where a configuration file may be written. */
  readonly configurationPath: string;
}

export const blockBytes = 4096;

const bytesPerInode = 16384;
const features = [
  ...[
    'none',
    'has_journal',
    'ext_attr',
    'resize_inode',
    'dir_index',
    'filetype',
    'extent',
    '64bit',
    'flex_bg',
  ],
  ...['sparse_super', 'large_file', 'huge_file', 'dir_nlink', 'extra_isize', 'metadata_csum'],
];
const fixedOptions = ['-q', '-F', '-t', 'ext4', '-I', '256', '-m', '1', '-e', 'remount-ro'];

/**
 * mke2fs with everything said that it would take from its configuration, the clock or a random generator: features
 * as Debian 12 has them, identifiers, times. Writes the configuration file that stands in for the host's.
 */
export function mke2fsCommand(request: Mke2fsRequest): Command {
  const { range, identity, configurationPath } = request;
  writeFileSync(configurationPath, '[fs_types]\n ext4 = {\n  inode_size = 256\n }\n');
  return {
    file: 'mke2fs',
    arguments: [
      ...fixedOptions,
      ...['-O', features.join(',')],
      ...['-b', String(blockBytes)],
      ...['-N', String(inodeCount(range.sizeBytes, request.inodes))],
      ...['-L', rootFileSystemLabel],
      ...['-U', identity.uuid('root file system')],
      ...['-E', extendedOptions(identity, range.offset)],
      ...['-d', request.folder],
      range.path,
      String(Math.floor(range.sizeBytes / blockBytes)),
    ],
    environment: { MKE2FS_CONFIG: configurationPath, E2FSPROGS_FAKE_TIME: fakeTime(request.sourceDateEpoch) },
  };
}

/** The clock of e2fsprogs, which takes 0 for none. */
export function fakeTime(sourceDateEpoch: number): string {
  return String(Math.max(1, sourceDateEpoch));
}

/** The blocks are known to be zero, so none is written, and none is left to a background thread of the guest. */
function extendedOptions(identity: ImageIdentity, offset: number): string {
  return [
    'lazy_itable_init=0',
    'lazy_journal_init=0',
    'assume_storage_prezeroed=1',
    'root_owner=0:0',
    `hash_seed=${identity.uuid('directory hash')}`,
    `offset=${offset}`,
  ].join(',');
}

function inodeCount(sizeBytes: number, needed: number): number {
  return Math.max(Math.ceil(sizeBytes / bytesPerInode), needed + Math.ceil(needed / 4) + 64);
}
