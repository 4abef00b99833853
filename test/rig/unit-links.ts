import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Tree } from '../../src/tree/tree.ts';

const folder = 'etc/systemd/system';

/** Symbolic links below etc/systemd/system of a tree, target by path. */
export function unitLinks(tree: Tree): Readonly<Record<string, string>> {
  return Object.fromEntries(
    tree.entries.flatMap((entry) =>
      entry.type === 'symbolic-link' && entry.path.startsWith(`${folder}/`)
        ? [[entry.path, entry.target]]
        : [],
    ),
  );
}

/** The same of an unpacked tree. */
export function unitLinksOnDisk(root: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isSymbolicLink())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(root.length + 1), readlinkSync(path).replace(root, '')]),
  );
}
