import { indexFrom } from './entry-at.ts';
import type { Tree, TreeEntry } from './tree.ts';

/** Everything below a folder, at any depth, in the order of the tree; the folder itself is not counted. */
export function* entriesBelow(tree: Tree, folder: string): Generator<TreeEntry> {
  const prefix = `${folder}/`;
  for (let index = indexFrom(tree.entries, prefix); ; index++) {
    const entry = tree.entries[index];
    if (!entry?.path.startsWith(prefix)) {
      return;
    }
    yield entry;
  }
}
