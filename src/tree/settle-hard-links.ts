import { compareCodePoints } from '../model/json.ts';
import type { TreeEntry, TreeFile } from './tree.ts';

/** An entry, or a further name of a file (the file object stands for the inode, its path does not count). */
export type LooseEntry =
  | Exclude<TreeEntry, { type: 'hard-link' }>
  | { readonly path: string; readonly nameOf: TreeFile };

/** Sorts, and makes the first name of every file the file entry, the other names hard links to it. */
export function settleHardLinks(loose: readonly LooseEntry[]): TreeEntry[] {
  const sorted = [...loose].sort((left, right) => compareCodePoints(left.path, right.path));
  const firstNames = new Map<TreeFile, string>();
  return sorted.map((entry) => {
    const file = 'nameOf' in entry ? entry.nameOf : entry;
    if (file.type !== 'file') {
      return file;
    }
    const target = firstNames.get(file);
    if (target === undefined) {
      firstNames.set(file, entry.path);
      return file.path === entry.path ? file : { ...file, path: entry.path };
    }
    const { mode, uid, gid, modifiedAt, attributes } = file;
    return {
      type: 'hard-link',
      path: entry.path,
      target,
      mode,
      uid,
      gid,
      modifiedAt,
      ...(attributes !== undefined && { attributes }),
    };
  });
}
