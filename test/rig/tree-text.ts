import { exactEntry } from '../../src/tree/entry-at.ts';
import { readText } from '../../src/tree/read-text.ts';
import type { Tree } from '../../src/tree/tree.ts';

/** The text of a file of a tree; throws where there is none. */
export function textOf(tree: Tree, path: string): string {
  const text = readText(tree, path, 1024 * 1024);
  if (text === undefined) {
    throw new Error(`no file ${path}`);
  }
  return text;
}

/** The target of a symbolic link; nothing where the path is none. */
export function linkTarget(tree: Tree, path: string): string | undefined {
  const entry = exactEntry(tree, path);
  return entry?.type === 'symbolic-link' ? entry.target : undefined;
}

/** Paths of all entries but folders that two trees do not share. */
export function changedPaths(before: Tree, after: Tree): readonly string[] {
  const known = new Set(before.entries);
  return after.entries
    .filter((entry) => !known.has(entry) && entry.type !== 'folder')
    .map((entry) => entry.path);
}
