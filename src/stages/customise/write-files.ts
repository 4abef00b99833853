import type { BlobReference } from '../../model/action.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Digest } from '../../model/digest.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { exactEntry, realPath } from '../../tree/entry-at.ts';
import { replaceEntries } from '../../tree/replace-entries.ts';
import type { Tree, TreeContent, TreeFile } from '../../tree/tree.ts';
import { treeProblem } from '../../tree/tree-problem.ts';
import { readAccountFiles } from './account-files.ts';
import type { AccountTable } from './account-table.ts';
import type { DeclaredFile } from './customise-input.ts';
import { linkThatLeaves } from './link-that-leaves.ts';

/** Where the bytes of repository files are. */
export type FileBlobs = ReadonlyMap<Digest, BlobReference & { readonly path: string }>;

/**
 * Writes the files of a spec. Folders on the way that are missing become root:root 0755; links on the way are
 * followed inside the tree, and a link that climbs above its root is refused. A link or a file at the path itself is
 * replaced; other names of a hard-linked file keep their bytes. Mode and owner are exactly the declared ones, owners
 * by the tree's own account files, digits also as numbers. SK5510 where the way or the path is blocked, SK5511 for
 * an owner that is not there, SK5512 for two files at one place.
 */
export function writeFiles(
  tree: Tree,
  files: readonly DeclaredFile[],
  context: { readonly blobs: FileBlobs; readonly sourceDateEpoch: number },
): Result<Tree> {
  if (files.length === 0) {
    return success(tree);
  }
  const owners = ownersOf(tree, files);
  if (!owners.ok) {
    return owners;
  }
  const diagnostics: Diagnostic[] = [];
  const entries = new Map<string, TreeFile>();
  for (const file of files) {
    const path = placeOf(tree, file.path);
    const uid = owners.value.uidOf(file.user);
    const gid = owners.value.gidOf(file.group);
    if (typeof path !== 'string') {
      diagnostics.push(path);
      continue;
    }
    if (uid === undefined || gid === undefined) {
      diagnostics.push(
        treeProblem(
          'SK5511',
          `the owner ${file.user}:${file.group} of ${file.path} is not in the image`,
          'declare the user, or install the package that makes the account',
        ),
      );
      continue;
    }
    if (entries.has(path)) {
      diagnostics.push(
        treeProblem(
          'SK5512',
          `${file.path} is written twice, links followed: both go to /${path}`,
          'remove one of the two files',
        ),
      );
      continue;
    }
    const content = contentOf(file, context.blobs);
    entries.set(path, {
      type: 'file',
      path,
      mode: file.mode,
      uid,
      gid,
      modifiedAt: context.sourceDateEpoch,
      ...content,
    });
  }
  return diagnostics.length > 0
    ? failure(...diagnostics)
    : replaceEntries(
        tree,
        [...entries.values()].map((entry) => ({ set: entry })),
      );
}

function placeOf(tree: Tree, declaredPath: string): string | Diagnostic {
  const leaving = linkThatLeaves(tree, declaredPath);
  if (leaving !== undefined) {
    return blocked(declaredPath, `the link /${leaving} on its way leads out of the image`);
  }
  const path = realPath(tree, declaredPath, { followLast: false });
  if (path === undefined) {
    return blocked(
      declaredPath,
      'its way leads through something that is no folder, or through links in a circle',
    );
  }
  return path === '' || exactEntry(tree, path)?.type === 'folder'
    ? blocked(declaredPath, 'a folder stands there')
    : path;
}

function blocked(path: string, why: string): Diagnostic {
  return treeProblem('SK5510', `${path} cannot be written: ${why}`, 'choose another path for the file');
}

function contentOf(file: DeclaredFile, blobs: FileBlobs): { sizeBytes: number; content: TreeContent } {
  if ('text' in file.content) {
    const bytes = Buffer.from(file.content.text);
    return { sizeBytes: bytes.length, content: { at: 'memory', bytes } };
  }
  const blob = blobs.get(file.content.digest);
  if (blob === undefined) {
    throw new TypeError(`the blob of ${file.path} was not looked up`);
  }
  return { sizeBytes: blob.sizeBytes, content: { at: 'file', path: blob.path, offset: 0 } };
}

interface Owners {
  readonly uidOf: (name: string) => number | undefined;
  readonly gidOf: (name: string) => number | undefined;
}

/** A tree without account files still takes files of root. */
function ownersOf(tree: Tree, files: readonly DeclaredFile[]): Result<Owners> {
  if (files.every((file) => file.user === 'root' && file.group === 'root')) {
    return success({ uidOf: () => 0, gidOf: () => 0 });
  }
  const accounts = readAccountFiles(tree);
  if (!accounts.ok) {
    return accounts;
  }
  const tables = accounts.value.accounts;
  return success({
    uidOf: (name) => numberOf(tables.get('etc/passwd') ?? [], name),
    gidOf: (name) => numberOf(tables.get('etc/group') ?? [], name),
  });
}

function numberOf(table: AccountTable, name: string): number | undefined {
  const row = table.find((candidate) => candidate[0] === name);
  if (row !== undefined) {
    return Number(row[2]);
  }
  return /^[0-9]{1,9}$/.test(name) ? Number(name) : undefined;
}
