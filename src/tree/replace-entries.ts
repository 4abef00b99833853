import type { Diagnostic } from '../model/diagnostic.ts';
import { failure, type Result, success } from '../model/result.ts';
import { parentPath, plainFolder } from './plain-folder.ts';
import { type LooseEntry, settleHardLinks } from './settle-hard-links.ts';
import type { Tree, TreeEntry, TreeFile } from './tree.ts';
import { shownPath, treeProblem } from './tree-problem.ts';

/** One change of a tree; changes apply in their order. */
export type TreeChange =
  /** Puts the entry where its path says. A folder over a folder keeps what is in it; all else is replaced whole. */
  | { readonly set: TreeEntry }
  /** Removes the entry and all below it. Nothing happens where there is none. */
  | { readonly remove: string };

/**
 * The tree with changes applied; the given tree stays as it is. Missing parents become folders (root:root 0755, time
 * of the entry). A file that is set takes over that name alone: other hard links keep the former bytes, and when a
 * first name goes, the next one becomes the file. SK5011 where an entry would lie below what is no folder (resolve
 * with `realPath` first), SK5012 where a hard link has no file to name, the root is removed or a path is not in
 * tree form.
 */
export function replaceEntries(tree: Tree, changes: Iterable<TreeChange>): Result<Tree> {
  const entries = looseEntries(tree);
  for (const change of changes) {
    const problem = 'set' in change ? setEntry(entries, change.set) : removeEntry(entries, change.remove);
    if (problem !== undefined) {
      return failure(problem);
    }
  }
  return success({ entries: settleHardLinks([...entries.values()]) });
}

function looseEntries(tree: Tree): Map<string, LooseEntry> {
  const entries = new Map<string, LooseEntry>();
  for (const entry of tree.entries) {
    const file = entry.type === 'hard-link' ? fileNamed(entries, entry.target) : undefined;
    entries.set(
      entry.path,
      entry.type !== 'hard-link' ? entry : { path: entry.path, nameOf: knownFile(file, entry.path) },
    );
  }
  return entries;
}

function setEntry(entries: Map<string, LooseEntry>, entry: TreeEntry): Diagnostic | undefined {
  if (!isTreePath(entry.path)) {
    return unusable(`${shownPath(entry.path)} is not a path in tree form`);
  }
  if (entry.path === '' && entry.type !== 'folder') {
    return unusable('the root of the tree can only be a folder');
  }
  const file = entry.type === 'hard-link' ? fileNamed(entries, entry.target) : undefined;
  if (entry.type === 'hard-link' && file === undefined) {
    return unusable(
      `the hard link ${shownPath(entry.path)} names ${shownPath(entry.target)}, which is no file`,
    );
  }
  for (let folder = entry.path; folder !== ''; ) {
    folder = parentPath(folder);
    const found = entries.get(folder);
    if (found === undefined) {
      entries.set(folder, plainFolder(folder, entry.modifiedAt));
    } else if ('nameOf' in found || found.type !== 'folder') {
      return treeProblem(
        'SK5011',
        `${shownPath(entry.path)} would lie below ${shownPath(folder)}, which is no folder`,
        'name the path that the link leads to',
      );
    }
  }
  const former = entries.get(entry.path);
  if (former !== undefined && !('nameOf' in former) && former.type === 'folder' && entry.type !== 'folder') {
    removeBelow(entries, entry.path);
  }
  entries.set(
    entry.path,
    entry.type !== 'hard-link' ? entry : { path: entry.path, nameOf: knownFile(file, entry.path) },
  );
  return undefined;
}

function removeEntry(entries: Map<string, LooseEntry>, path: string): Diagnostic | undefined {
  if (path === '' || !isTreePath(path)) {
    return unusable(`${shownPath(path)} cannot be removed`);
  }
  const former = entries.get(path);
  if (former !== undefined && !('nameOf' in former) && former.type === 'folder') {
    removeBelow(entries, path);
  }
  entries.delete(path);
  return undefined;
}

function removeBelow(entries: Map<string, LooseEntry>, path: string): void {
  for (const other of [...entries.keys()]) {
    if (other.startsWith(`${path}/`)) {
      entries.delete(other);
    }
  }
}

function fileNamed(entries: ReadonlyMap<string, LooseEntry>, path: string): TreeFile | undefined {
  const entry = entries.get(path);
  const file = entry !== undefined && 'nameOf' in entry ? entry.nameOf : entry;
  return file?.type === 'file' ? file : undefined;
}

function knownFile(file: TreeFile | undefined, path: string): TreeFile {
  if (file === undefined) {
    throw new TypeError(`the hard link ${shownPath(path)} of a tree names no file before it`);
  }
  return file;
}

/** Relative, without empty components, `.`, `..` and NUL. */
function isTreePath(path: string): boolean {
  return (
    path === '' ||
    (!path.includes('\0') && path.split('/').every((component) => !['', '.', '..'].includes(component)))
  );
}

function unusable(message: string): Diagnostic {
  return treeProblem('SK5012', message, 'correct the path; tree paths are relative and without `.` and `..`');
}
