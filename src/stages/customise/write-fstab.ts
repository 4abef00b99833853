import { rootFileSystemLabel } from '../../model/disk.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { replaceEntries } from '../../tree/replace-entries.ts';
import type { Tree } from '../../tree/tree.ts';
import { treeProblem } from '../../tree/tree-problem.ts';
import type { CustomiseInput, MountPoint } from './customise-input.ts';
import { isOwn, ownMarker, sayingLines } from './own-marker.ts';
import { textAt, writeText } from './tree-text.ts';

export const fstabPath = 'etc/fstab';

const memoryMounts: readonly MountPoint[] = ['/dev/shm', '/tmp', '/var/tmp'];

/**
 * /etc/fstab (fstab(5)): the root file system by label, and a tmpfs for each of /tmp, /var/tmp and /dev/shm that has
 * mount options. Lines of the image below stay for mount points that this one says nothing about; a table that
 * somebody declared stays whole, and mount options on top of it are SK5513.
 */
export function writeFstab(
  tree: Tree,
  mountOptions: CustomiseInput['mountOptions'],
  context: { readonly isFirstImage: boolean; readonly sourceDateEpoch: number },
): Result<Tree> {
  const before = textAt(tree, fstabPath);
  if (!before.ok) {
    return before;
  }
  const text = before.value?.text ?? '';
  const isDeclared = before.value !== null && !context.isFirstImage && !isOwn(text);
  if (isDeclared) {
    return Object.keys(mountOptions).length === 0
      ? success(tree)
      : failure(
          treeProblem(
            'SK5513',
            'mountOptions cannot be added to the /etc/fstab that an image below declares',
            'declare the whole file here, or leave mountOptions out',
          ),
        );
  }
  const inherited = new Map<string, string>();
  for (const line of isOwn(text) ? sayingLines(text) : []) {
    inherited.set(line.split(' ')[1] ?? '', line);
  }
  const lines = [
    mountOptions['/'] === undefined ? (inherited.get('/') ?? rootLine([])) : rootLine(mountOptions['/']),
    ...memoryMounts.map((point) => {
      const options = mountOptions[point];
      return options === undefined ? inherited.get(point) : memoryLine(point, options);
    }),
  ].filter((line) => line !== undefined);
  const table = [ownMarker, ...lines].map((line) => `${line}\n`).join('');
  return replaceEntries(tree, [writeText(fstabPath, table, context.sourceDateEpoch)]);
}

function rootLine(options: readonly string[]): string {
  const all = new Set(['errors=remount-ro', ...options]);
  return `LABEL=${rootFileSystemLabel} / ext4 ${[...all].join(',')} 0 1`;
}

/** Everybody may write there; only the owner of a file may remove it. */
function memoryLine(point: MountPoint, options: readonly string[]): string {
  const all = options.some((option) => option.startsWith('mode=')) ? options : ['mode=1777', ...options];
  return `tmpfs ${point} tmpfs ${all.join(',')} 0 0`;
}
