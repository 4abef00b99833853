import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result } from '../../../model/result.ts';
import type { TreeEntry } from '../../../tree/tree.ts';
import { shownPath, treeProblem } from '../../../tree/tree-problem.ts';
import type { ProcessRunner } from '../../process/process.ts';
import type { WorkContext } from '../../work-context.ts';
import type { PackRequest } from '../packer.ts';
import { runTool } from '../run-tool.ts';
import { ext4Inodes, type Inode, type InodeStamp, rootInode } from './ext4-inodes.ts';
import { extractTree } from './extract-tree.ts';
import type { ImageIdentity } from './image-identity.ts';
import { blockBytes, fakeTime, type ImageRange, mke2fsCommand } from './mke2fs-command.ts';
import { setAttributes } from './set-attributes.ts';

/** mke2fs 1.47.0 cannot copy larger files from a folder. */
const fileLimitBytes = 2 ** 31 - 1;

/**
 * Makes an ext4 file system from a tree in a part of an existing file of zeros, which stays sparse. Who runs it does
 * not matter: the tree is extracted with neutral owners and modes, mke2fs copies it, then owners, modes, times and
 * attributes are written into the inodes. SK5021: does not fit; SK5022: attributes that ext4 has no place for; SK5023:
 * a file of 2 GiB or more; SK5025: the file system came out different. Throws system errors.
 */
export async function makeExt4(
  processes: ProcessRunner,
  request: Pick<PackRequest, 'tree' | 'image' | 'sourceDateEpoch'>,
  identity: ImageIdentity,
  range: ImageRange,
  context: WorkContext,
): Promise<Result<void>> {
  const { entries } = request.tree;
  const contentBytes = entries.reduce((sum, entry) => sum + allocatedBytes(entry), 0);
  if (contentBytes > range.sizeBytes) {
    return failure(tooSmall(request.image.name, range.sizeBytes, contentBytes));
  }
  const large = entries.find((entry) => entry.type === 'file' && entry.sizeBytes > fileLimitBytes);
  if (large !== undefined) {
    return failure(
      treeProblem(
        'SK5023',
        `${shownPath(large.path)} has 2 GiB or more, which mke2fs cannot copy into a disk`,
        'leave it out of the image, or split it',
      ),
    );
  }
  const folder = join(context.scratch.path, 'ext4-source');
  const firstMark = firstMarkFor(request.sourceDateEpoch);
  await extractTree(request.tree, folder, firstMark, context.signal);
  const command = mke2fsCommand({
    range,
    folder,
    inodes: entries.length,
    identity,
    sourceDateEpoch: request.sourceDateEpoch,
    configurationPath: join(context.scratch.path, 'mke2fs.conf'),
  });
  const made = await runTool(processes, command, context, {
    what: `making the ext4 file system of ${request.image.name}`,
    stdoutTo: 'log',
  });
  rmSync(folder, { recursive: true });
  if (!made.ok) {
    const isFull = made.diagnostics.some((each) => /Could not allocate (block|inode)/.test(each.message));
    return isFull ? failure(tooSmall(request.image.name, range.sizeBytes, contentBytes)) : made;
  }
  return writeInodes(processes, request, range, firstMark, context);
}

async function writeInodes(
  processes: ProcessRunner,
  request: Pick<PackRequest, 'tree' | 'image' | 'sourceDateEpoch'>,
  range: ImageRange,
  firstMark: number,
  context: WorkContext,
): Promise<Result<void>> {
  const { entries } = request.tree;
  const numbers = new Map<TreeEntry, number>();
  const withFile = <Value>(work: (descriptor: number) => Value): Value => {
    const descriptor = openSync(range.path, 'r+');
    try {
      return work(descriptor);
    } finally {
      closeSync(descriptor);
    }
  };
  const entryOf = (inode: Inode): TreeEntry | undefined =>
    inode.number === rootInode ? entries[0] : entries[inode.modifiedAt - firstMark];
  const stamps = new Map<number, InodeStamp>();
  const strays = withFile((descriptor) => {
    let count = 0;
    ext4Inodes(descriptor, range.offset).forEachUsed((inode) => {
      const entry = entryOf(inode);
      if (entry === undefined || numbers.has(entry)) {
        count++;
        stamps.set(inode.number, lostAndFound(request.sourceDateEpoch));
      } else {
        numbers.set(entry, inode.number);
        stamps.set(inode.number, stampOf(entry, request.sourceDateEpoch));
      }
    });
    return count;
  });
  const expected = entries.filter((entry) => entry.type !== 'hard-link');
  const expectedStrays = entries.some((entry) => entry.path === 'lost+found') ? 0 : 1;
  const missing = expected.find((entry) => !numbers.has(entry));
  if (missing !== undefined || strays !== expectedStrays) {
    return failure(
      treeProblem(
        'SK5025',
        `the ext4 file system of ${request.image.name} does not hold what the tree holds (${missing === undefined ? 'too much' : `${shownPath(missing.path)} is missing`})`,
        'check memory and disk of this host, and the version of e2fsprogs',
      ),
    );
  }
  const attributes = await setAttributes(
    processes,
    numbers,
    range,
    fakeTime(request.sourceDateEpoch),
    context,
  );
  if (attributes.ok) {
    withFile((descriptor) =>
      ext4Inodes(descriptor, range.offset).stamp(
        (inode) => stamps.get(inode.number) ?? lostAndFound(request.sourceDateEpoch),
      ),
    );
  }
  return attributes;
}

function stampOf(entry: TreeEntry, sourceDateEpoch: number): InodeStamp {
  const { mode, uid, gid, modifiedAt } = entry;
  return { mode, uid, gid, modifiedAt, createdAt: sourceDateEpoch };
}

/** mke2fs makes the one folder that no tree needs to have; e2fsck wants it. */
function lostAndFound(sourceDateEpoch: number): InodeStamp {
  return { mode: 0o700, uid: 0, gid: 0, modifiedAt: sourceDateEpoch, createdAt: sourceDateEpoch };
}

/** Marks never equal the time that mke2fs gives to what it makes itself. */
function firstMarkFor(sourceDateEpoch: number): number {
  return sourceDateEpoch > 2 ** 30 ? 1 : 2 ** 30 + 1;
}

function allocatedBytes(entry: TreeEntry): number {
  return entry.type === 'file'
    ? Math.ceil(entry.sizeBytes / blockBytes) * blockBytes
    : entry.type === 'folder'
      ? blockBytes
      : 0;
}

function tooSmall(image: string, sizeBytes: number, contentBytes: number): ReturnType<typeof treeProblem> {
  const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;
  return treeProblem(
    'SK5021',
    `the tree of ${image} does not fit on its disk: ${mebibytes(contentBytes)} of content, ${mebibytes(sizeBytes)} for the file system`,
    `set the disk size to ${mebibytes(contentBytes * 1.25 + 2 ** 26)} or more`,
  );
}
