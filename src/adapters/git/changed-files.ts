import { type Result, success } from '../../model/result.ts';
import type { CatFile } from './cat-file.ts';
import type { ObjectId } from './git.ts';
import type { GitPlace } from './git-place.ts';
import { asObjectId, newObject } from './object-format.ts';
import { notThere, readTree } from './read-objects.ts';
import { type TreeEntry, treeMode } from './tree-object.ts';

/** A file that two trees do not have in common. */
export interface ChangedFile {
  /** Repository path; bytes that are no UTF-8 are replaced. */
  readonly path: string;
  readonly before: FileVersion | undefined;
  readonly after: FileVersion | undefined;
}

/** Mode as git writes it in a tree: `100644`. */
export type FileVersion = Pick<TreeEntry, 'mode' | 'id'>;

/** What differs between two commits or trees. Reads only folders that differ, so the cost follows what changed. */
export async function changedFiles(
  place: GitPlace,
  catFile: CatFile,
  from: string,
  to: string,
): Promise<Result<readonly ChangedFile[]>> {
  const roots: ObjectId[] = [];
  for (const name of [from, to]) {
    const reply = await catFile.info(`${name}^{tree}`);
    if (reply.status !== 'found') {
      return notThere(name, reply, place);
    }
    roots.push(asObjectId(reply.id));
  }
  const changed: ChangedFile[] = [];
  const [left, right] = roots;
  const failed = await compareFolders(place, catFile, left, right, '', changed);
  return failed ?? success(changed);
}

/** Nothing stands for a folder without entries. */
async function compareFolders(
  place: GitPlace,
  catFile: CatFile,
  left: ObjectId | undefined,
  right: ObjectId | undefined,
  folder: string,
  changed: ChangedFile[],
): Promise<(Result<never> & { readonly ok: false }) | undefined> {
  if (left === right) {
    return undefined;
  }
  const [before, after] = await Promise.all([left, right].map((id) => entriesOf(place, catFile, id)));
  if (before?.ok !== true || after?.ok !== true) {
    return before?.ok === false ? before : after?.ok === false ? after : undefined;
  }
  for (const name of new Set([...before.value.keys(), ...after.value.keys()])) {
    const [old, now] = [before.value.get(name), after.value.get(name)];
    if (old?.id === now?.id && old?.mode === now?.mode) {
      continue;
    }
    const path = `${folder}${Buffer.from(name, 'latin1').toString()}`;
    const [oldFile, nowFile] = [fileVersion(old), fileVersion(now)];
    if (oldFile !== undefined || nowFile !== undefined) {
      changed.push({ path, before: oldFile, after: nowFile });
    }
    const failed = await compareFolders(place, catFile, treeOf(old), treeOf(now), `${path}/`, changed);
    if (failed !== undefined) {
      return failed;
    }
  }
  return undefined;
}

async function entriesOf(
  place: GitPlace,
  catFile: CatFile,
  id: ObjectId | undefined,
): Promise<Result<ReadonlyMap<string, TreeEntry>>> {
  // The empty tree may be named without being stored.
  if (id === undefined || id === newObject('tree', new Uint8Array(), place.objectFormat).id) {
    return success(new Map());
  }
  const entries = await readTree(place, catFile, id);
  return entries.ok ? success(new Map(entries.value.map((entry) => [entry.name, entry]))) : entries;
}

function treeOf(entry: TreeEntry | undefined): ObjectId | undefined {
  return entry?.mode === treeMode ? entry.id : undefined;
}

function fileVersion(entry: TreeEntry | undefined): FileVersion | undefined {
  return entry === undefined || entry.mode === treeMode ? undefined : { mode: entry.mode, id: entry.id };
}
