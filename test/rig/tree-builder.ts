import { plainFolder } from '../../src/tree/plain-folder.ts';
import { replaceEntries } from '../../src/tree/replace-entries.ts';
import type {
  Tree,
  TreeEntry,
  TreeFile,
  TreeFolder,
  TreeHardLink,
  TreeSymbolicLink,
} from '../../src/tree/tree.ts';

const base = { uid: 0, gid: 0, modifiedAt: 1_700_000_000 };

export function file(path: string, text: string | Uint8Array = '', more: Partial<TreeFile> = {}): TreeFile {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return {
    type: 'file',
    path,
    mode: 0o644,
    ...base,
    sizeBytes: bytes.length,
    content: { at: 'memory', bytes },
    ...more,
  };
}

export function folder(path: string, more: Partial<TreeFolder> = {}): TreeFolder {
  return { ...plainFolder(path, base.modifiedAt), ...more };
}

export function link(path: string, target: string, more: Partial<TreeSymbolicLink> = {}): TreeSymbolicLink {
  return { type: 'symbolic-link', path, target, mode: 0o777, ...base, ...more };
}

export function hardLink(path: string, target: string): TreeHardLink {
  return { type: 'hard-link', path, target, mode: 0o644, ...base };
}

/** A tree with these entries, hard links after their files, and the folders that they need. */
export function treeOf(...entries: readonly TreeEntry[]): Tree {
  const tree = replaceEntries(
    { entries: [plainFolder('', base.modifiedAt)] },
    entries.map((entry) => ({ set: entry })),
  );
  if (!tree.ok) {
    throw new Error(JSON.stringify(tree.diagnostics));
  }
  return tree.value;
}
