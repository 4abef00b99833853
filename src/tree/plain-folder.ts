import type { TreeFolder } from './tree.ts';

/** A folder that nobody described: root:root 0755. */
export function plainFolder(path: string, modifiedAt: number): TreeFolder {
  return { type: 'folder', path, mode: 0o755, uid: 0, gid: 0, modifiedAt };
}

/** Path of the folder that holds an entry; '' for what lies in the root folder. */
export function parentPath(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
