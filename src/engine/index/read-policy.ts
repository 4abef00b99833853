import type { GitObjects } from '../../adapters/git/git.ts';
import type { Desired } from '../desired/resolve-desired.ts';
import type { Kind } from '../kind.ts';
import { columnsOf } from './columns.ts';
import { createKnownFiles } from './known-files.ts';
import { folderMode, type PathReader } from './path-reader.ts';
import { fileFields, type RememberedPolicy } from './plan-table.ts';
import { readSubset, resolveSubset } from './read-subset.ts';
import { entryText } from './root-entries.ts';

/** The policy of a commit from `sandkiln.yaml` alone. Nothing where the file has errors. */
export async function readPolicy(
  git: Pick<GitObjects, 'readBlob'>,
  reader: PathReader,
  kinds: readonly Kind[],
): Promise<RememberedPolicy | undefined> {
  const row = reader.root.get('sandkiln.yaml');
  if (row !== undefined && row.mode !== '100644' && row.mode !== '100755' && row.mode !== folderMode) {
    return undefined;
  }
  const blobs = row === undefined || row.mode === folderMode ? [] : [{ path: 'sandkiln.yaml', id: row.id }];
  const read = await readSubset(git, blobs, kinds);
  const files = createKnownFiles(git, reader, columnsOf(fileFields, []));
  const desired = read === undefined ? undefined : await resolveSubset(read, kinds, files);
  return desired === undefined ? undefined : policyOf(desired, reader);
}

/** What a table remembers of the policy. */
export function policyOf({ repository, policyWarnings }: Desired, reader: PathReader): RememberedPolicy {
  return {
    entry: entryText(reader.root.get('sandkiln.yaml')),
    name: repository.identity.name,
    spec: repository.spec,
    warnings: policyWarnings,
  };
}
