import { compareCodePoints } from '../model/json.ts';
import { type ContentComparer, contentComparer } from './content-comparer.ts';
import type { Tree, TreeEntry, TreeFile } from './tree.ts';

/** One path at which two trees are not alike. */
export interface TreeDifference {
  readonly path: string;
  /** What differs: `only in the first`, `mode 0644 → 0755`, `content at byte 12`. */
  readonly what: string;
}

/** The first path, in tree order, at which two trees differ; nothing where they are equal. Reads the bytes of files. */
export function firstDifference(left: Tree, right: Tree): TreeDifference | undefined {
  return differences(left, right).next().value ?? undefined;
}

/** All differences in tree order, found while they are asked for; one a path. */
export function* differences(left: Tree, right: Tree): Generator<TreeDifference, undefined> {
  const comparer = contentComparer();
  try {
    let leftIndex = 0;
    let rightIndex = 0;
    for (;;) {
      const a = left.entries[leftIndex];
      const b = right.entries[rightIndex];
      if (a === undefined && b === undefined) {
        return undefined;
      }
      const order = a === undefined ? 1 : b === undefined ? -1 : compareCodePoints(a.path, b.path);
      if (a !== undefined && order < 0) {
        yield { path: a.path, what: 'only in the first' };
      } else if (b !== undefined && order > 0) {
        yield { path: b.path, what: 'only in the second' };
      } else if (a !== undefined && b !== undefined) {
        const what = entryDifference(a, b, comparer);
        if (what !== undefined) {
          yield { path: a.path, what };
        }
      }
      leftIndex += order <= 0 ? 1 : 0;
      rightIndex += order >= 0 ? 1 : 0;
    }
  } finally {
    comparer.close();
  }
}

/** Whether two entries of the same path are alike in everything, bytes included; else what differs first. */
export function entryDifference(
  left: TreeEntry,
  right: TreeEntry,
  comparer: ContentComparer,
): string | undefined {
  if (left.type !== right.type) {
    return `${left.type} → ${right.type}`;
  }
  if (left.mode !== right.mode) {
    return `mode ${octal(left.mode)} → ${octal(right.mode)}`;
  }
  if (left.uid !== right.uid || left.gid !== right.gid) {
    return `owner ${left.uid}:${left.gid} → ${right.uid}:${right.gid}`;
  }
  if ('target' in left && 'target' in right && left.target !== right.target) {
    return `link to ${JSON.stringify(left.target)} → ${JSON.stringify(right.target)}`;
  }
  const attribute = differingAttribute(left, right);
  if (attribute !== undefined) {
    return `extended attribute ${attribute}`;
  }
  const content =
    left.type === 'file' && right.type === 'file' ? contentDifference(left, right, comparer) : undefined;
  if (content !== undefined) {
    return content;
  }
  return left.modifiedAt === right.modifiedAt ? undefined : `time ${left.modifiedAt} → ${right.modifiedAt}`;
}

function contentDifference(left: TreeFile, right: TreeFile, comparer: ContentComparer): string | undefined {
  if (left.sizeBytes !== right.sizeBytes) {
    return `size ${left.sizeBytes} → ${right.sizeBytes}`;
  }
  const position = comparer.firstDifference(left, right);
  return position === undefined ? undefined : `content at byte ${position}`;
}

function differingAttribute(left: TreeEntry, right: TreeEntry): string | undefined {
  const names = new Set([...(left.attributes?.keys() ?? []), ...(right.attributes?.keys() ?? [])]);
  return [...names].sort(compareCodePoints).find((name) => {
    const a = left.attributes?.get(name);
    const b = right.attributes?.get(name);
    return a === undefined || b === undefined || !Buffer.from(a).equals(b);
  });
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
