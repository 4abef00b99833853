import type { GitFolderRow } from '../../adapters/git/git.ts';

/** What the desired state is read from, besides the files that specs name. */
export const desiredEntries = ['sandkiln.yaml', 'specs', 'profiles', 'decisions', 'trust'] as const;

/** `<mode> <id>`: equal texts mean an equal file or folder. Empty where there is none. */
export function entryText(row: Pick<GitFolderRow, 'mode' | 'id'> | undefined): string {
  return row === undefined ? '' : `${row.mode} ${row.id}`;
}

/** The name in the root by which a path starts. */
export function rootName(path: string): string {
  const slash = path.indexOf('/');
  return slash === -1 ? path : path.slice(0, slash);
}
