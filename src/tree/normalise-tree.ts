import { cleanedEntry } from './cleaned-entry.ts';
import { exactEntry } from './entry-at.ts';
import { type LooseEntry, settleHardLinks } from './settle-hard-links.ts';
import type { Tree, TreeEntry, TreeFile, TreeHardLink } from './tree.ts';

/**
 * The tree without what differs from build to build: times after the epoch become the epoch, everything of
 * {@link cleanedEntry} is emptied or dropped. Applies once, to what package tools left; what a spec declares is put
 * on top of it later and stays. For the same reason what the `parent` has at such a path, if it is still there, is
 * put back. `sourceDateEpoch` is in seconds since 1970.
 */
export function normaliseTree(
  tree: Tree,
  options: { readonly sourceDateEpoch: number; readonly parent?: Tree },
): Tree {
  const files = new Map<string, TreeFile>();
  const kept: LooseEntry[] = [];
  for (const entry of tree.entries) {
    if (entry.type === 'hard-link') {
      // Looked up even where the file's own name is dropped: another name may stay.
      const file = files.get(entry.target);
      if (file !== undefined && cleanedEntry(entry) !== undefined) {
        kept.push({ path: entry.path, nameOf: file });
      }
      continue;
    }
    const clamped = clampTime(entry, options.sourceDateEpoch);
    const cleaned = cleanedEntry(clamped);
    const settled = cleaned === clamped ? clamped : (parentEntry(options.parent, entry.path) ?? cleaned);
    if (clamped.type === 'file') {
      files.set(entry.path, settled?.type === 'file' ? settled : clamped);
    }
    if (settled !== undefined) {
      kept.push(settled);
    }
  }
  return { entries: settleHardLinks(kept) };
}

function parentEntry(parent: Tree | undefined, path: string): Exclude<TreeEntry, TreeHardLink> | undefined {
  const entry = parent === undefined ? undefined : exactEntry(parent, path);
  return entry?.type === 'hard-link' ? undefined : entry;
}

function clampTime<Entry extends TreeEntry>(entry: Entry, sourceDateEpoch: number): Entry {
  return entry.modifiedAt > sourceDateEpoch ? { ...entry, modifiedAt: sourceDateEpoch } : entry;
}
