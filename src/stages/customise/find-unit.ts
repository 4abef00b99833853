import { entriesBelow } from '../../tree/entries-below.ts';
import { exactEntry, realPath } from '../../tree/entry-at.ts';
import type { Tree, TreeEntry, TreeFile } from '../../tree/tree.ts';
import { parseUnitName, type UnitName, unitFileName } from './unit-name.ts';

/** Where system units lie, first found first read (systemd.unit(5), "Unit File Load Path"), as Debian 12 names them. */
const unitFolders = [
  'etc/systemd/system',
  'usr/local/lib/systemd/system',
  'lib/systemd/system',
  'usr/lib/systemd/system',
] as const;

/** Where the administrator's units, links and masks are. */
export const ownUnitFolder = unitFolders[0];

export type FoundUnit =
  /** `path` as links name it: `/lib/systemd/system/ssh.service`. */
  | { readonly is: 'file'; readonly path: string; readonly file: TreeFile }
  | { readonly is: 'masked'; readonly path: string }
  /** Another name of the unit `of`. */
  | { readonly is: 'alias'; readonly path: string; readonly of: string }
  /** systemd makes the unit from this start script. */
  | { readonly is: 'script'; readonly path: string };

/** The unit that systemd would read for a name; an instance has its own file or its template's. */
export function findUnit(tree: Tree, name: UnitName): FoundUnit | undefined {
  for (const fileName of new Set([name.text, unitFileName(name)])) {
    for (const folder of unitFolders) {
      const entry = entryIn(tree, folder, fileName);
      if (entry !== undefined) {
        return unitOf(tree, `/${folder}/${fileName}`, entry);
      }
    }
  }
  const script = `etc/init.d/${name.prefix}`;
  return name.suffix === '.service' && exactEntry(tree, script)?.type === 'file'
    ? { is: 'script', path: `/${script}` }
    : undefined;
}

/** Names of all unit files of a tree. */
export function unitNames(tree: Tree): readonly string[] {
  const names = new Set<string>();
  for (const folder of unitFolders) {
    const real = realPath(tree, folder);
    for (const { path } of real === undefined ? [] : entriesBelow(tree, real)) {
      const fileName = path.slice(`${real}/`.length);
      if (parseUnitName(fileName)?.text === fileName) {
        names.add(fileName);
      }
    }
  }
  return [...names];
}

function entryIn(
  tree: Tree,
  folder: string,
  fileName: string,
): Exclude<TreeEntry, { type: 'folder' }> | undefined {
  const real = realPath(tree, folder);
  const entry = real === undefined ? undefined : exactEntry(tree, `${real}/${fileName}`);
  return entry?.type === 'folder' ? undefined : entry;
}

function unitOf(tree: Tree, path: string, entry: Exclude<TreeEntry, { type: 'folder' }>): FoundUnit {
  if (entry.type === 'symbolic-link') {
    return entry.target === '/dev/null'
      ? { is: 'masked', path }
      : { is: 'alias', path, of: entry.target.slice(entry.target.lastIndexOf('/') + 1) };
  }
  const file = entry.type === 'hard-link' ? exactEntry(tree, entry.target) : entry;
  return file?.type === 'file' && file.sizeBytes > 0 ? { is: 'file', path, file } : { is: 'masked', path };
}
