import { compareCodePoints } from '../model/json.ts';
import type { Tree, TreeEntry } from './tree.ts';

/** As many links as Linux follows before it says ELOOP. */
const linkLimit = 40;

/**
 * What a path leads to, symbolic links followed as inside the running image: absolute targets start at the tree's
 * root, `..` never leaves it. The path may have leading, doubled and trailing slashes. Gives nothing for a path that
 * leads nowhere, through a file, or in a loop.
 */
export function entryAt(tree: Tree, path: string): TreeEntry | undefined {
  const real = realPath(tree, path);
  return real === undefined ? undefined : exactEntry(tree, real);
}

/**
 * The path without links on its way: `bin/sh` → `usr/bin/dash`. With `followLast: false` the last component stays
 * as it is (`bin/sh` → `usr/bin/sh`), and the folders that are missing stay as they are written, so it is also where
 * a new file has to go. Gives nothing for a loop and for a way through what is no folder.
 */
export function realPath(
  tree: Tree,
  path: string,
  options: { readonly followLast: boolean } = { followLast: true },
): string | undefined {
  const waiting = componentsOf(path).reverse();
  const done: string[] = [];
  let links = 0;
  for (;;) {
    const component = waiting.pop();
    if (component === undefined) {
      return done.join('/');
    }
    if (component === '..') {
      done.pop();
      continue;
    }
    done.push(component);
    const isLast = waiting.length === 0;
    const entry = exactEntry(tree, done.join('/'));
    if (entry?.type === 'symbolic-link' && (options.followLast || !isLast)) {
      links++;
      if (links > linkLimit) {
        return undefined;
      }
      done.pop();
      if (entry.target.startsWith('/')) {
        done.length = 0;
      }
      waiting.push(...componentsOf(entry.target).reverse());
    } else if (entry === undefined ? options.followLast : !isLast && entry.type !== 'folder') {
      return undefined;
    }
  }
}

/** The entry of exactly this tree path; links are not followed. */
export function exactEntry(tree: Tree, path: string): TreeEntry | undefined {
  const index = indexFrom(tree.entries, path);
  const entry = tree.entries[index];
  return entry?.path === path ? entry : undefined;
}

/** Index of the first entry whose path is not before `path`. */
export function indexFrom(entries: readonly TreeEntry[], path: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareCodePoints(entries[middle]?.path ?? '', path) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function componentsOf(path: string): string[] {
  return path.split('/').filter((component) => component !== '' && component !== '.');
}
