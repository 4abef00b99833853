import { compareCodePoints } from '../../../model/json.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import { entryDifference } from '../../../tree/compare-trees.ts';
import { contentComparer } from '../../../tree/content-comparer.ts';
import { parentPath } from '../../../tree/plain-folder.ts';
import type { Tree, TreeEntry } from '../../../tree/tree.ts';
import { shownPath, treeProblem } from '../../../tree/tree-problem.ts';

const whiteoutPrefix = '.wh.';

/**
 * The layer that leads from one tree to the next (OCI Image Layer Filesystem Changeset 1.0): what is new or differs,
 * all names of a file together, the folders that lead there, and an empty `.wh.NAME` for what is gone. Without
 * entries where the trees are equal; from an empty tree it is the whole upper one. SK5028 where a name of the tree would be taken for a whiteout. Throws a system
 * error where the bytes of a file cannot be read.
 */
export function layerDifference(lower: Tree, upper: Tree): Result<Tree> {
  const misleading = upper.entries.find((entry) => nameOf(entry.path).startsWith(whiteoutPrefix));
  if (misleading !== undefined) {
    return failure(
      treeProblem(
        'SK5028',
        `${shownPath(misleading.path)} begins with \`${whiteoutPrefix}\`, which means a removed file in a container layer`,
        'rename the file, or build no oci output',
      ),
    );
  }
  const before = new Map(lower.entries.map((entry) => [entry.path, entry]));
  const after = new Map(upper.entries.map((entry) => [entry.path, entry]));
  const layer = new Map<string, TreeEntry>();
  for (const entry of withAllNames(changedEntries(before, upper), upper)) {
    layer.set(entry.path, entry);
  }
  for (const { path } of lower.entries) {
    const parent = after.get(parentPath(path));
    if (!after.has(path) && parent?.type === 'folder' && before.get(parent.path)?.type === 'folder') {
      const whiteout = `${parent.path === '' ? '' : `${parent.path}/`}${whiteoutPrefix}${nameOf(path)}`;
      layer.set(whiteout, emptyFile(whiteout, parent.modifiedAt));
    }
  }
  // Unpackers give a folder that a layer does not name owners and modes of their own.
  for (const path of [...layer.keys()]) {
    for (let folder = path; folder !== ''; ) {
      folder = parentPath(folder);
      const entry = after.get(folder);
      if (entry !== undefined) {
        layer.set(folder, entry);
      }
    }
  }
  const entries = [...layer.values()].sort((left, right) => compareCodePoints(left.path, right.path));
  return success({ entries });
}

function changedEntries(before: ReadonlyMap<string, TreeEntry>, upper: Tree): ReadonlySet<string> {
  const comparer = contentComparer();
  try {
    const changed = upper.entries.filter((entry) => {
      const former = before.get(entry.path);
      return former === undefined || entryDifference(former, entry, comparer) !== undefined;
    });
    return new Set(changed.map((entry) => entry.path));
  } finally {
    comparer.close();
  }
}

/** A hard link reaches no file of a layer below: when one name of a file changes, all its names go along. */
function withAllNames(changed: ReadonlySet<string>, upper: Tree): TreeEntry[] {
  const files = new Set(
    upper.entries
      .filter((entry) => entry.type === 'hard-link' && (changed.has(entry.path) || changed.has(entry.target)))
      .map((entry) => (entry.type === 'hard-link' ? entry.target : entry.path)),
  );
  return upper.entries.filter(
    (entry) => changed.has(entry.path) || files.has(entry.type === 'hard-link' ? entry.target : entry.path),
  );
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function emptyFile(path: string, modifiedAt: number): TreeEntry {
  const content = { at: 'memory', bytes: new Uint8Array() } as const;
  return { type: 'file', path, mode: 0o644, uid: 0, gid: 0, modifiedAt, sizeBytes: 0, content };
}
