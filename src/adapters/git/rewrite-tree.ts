import { failure, type Result, success } from '../../model/result.ts';
import type { FileChanges, ObjectId } from './git.ts';
import { type NewObject, newObject, type ObjectFormat } from './object-format.ts';
import { formatTree, type TreeEntry, treeMode } from './tree-object.ts';

/** The root of a changed tree, and the blobs and trees that it needs beyond those of the old one. */
export interface RewrittenTree {
  readonly id: ObjectId;
  readonly objects: readonly NewObject[];
}

/**
 * Applies changes of files to a tree. Only the folders on the way to a change are read and written, so the cost does
 * not grow with the files beside them. Folders that lose their last file go too. A path that is not plain (SK2113), or
 * where a file stands in the place of a folder or the other way round (SK2114), is a failure.
 */
export async function rewriteTree(
  root: ObjectId | undefined,
  changes: FileChanges,
  format: ObjectFormat,
  readTree: (id: ObjectId) => Promise<Result<readonly TreeEntry[]>>,
): Promise<Result<RewrittenTree>> {
  const top: Folder = new Map();
  for (const [path, content] of changes) {
    const problem = addChange(top, path, content);
    if (problem !== undefined) {
      return problem;
    }
  }
  const objects: NewObject[] = [];
  const rewritten = await rewriteFolder({ id: root, folder: top, path: '', objects, format, readTree });
  if (!rewritten.ok) {
    return rewritten;
  }
  const id = rewritten.value ?? keep(objects, newObject('tree', Buffer.alloc(0), format));
  return success({ id, objects });
}

/** Changes below a folder: content for a file, `null` for a removal, a map for a folder. */
type Folder = Map<string, Uint8Array | null | Folder>;

function addChange(
  top: Folder,
  path: string,
  content: Uint8Array | null,
): ReturnType<typeof failure> | undefined {
  const parts = path.split('/');
  if (!parts.every(isPlainName)) {
    return failure({
      code: 'SK2113',
      severity: 'error',
      message: `${JSON.stringify(path)} cannot be the path of a committed file`,
      hint: 'use a relative path without empty parts, ".", "..", ".git" or control characters',
      failure: 'stalled',
    });
  }
  let folder = top;
  for (const part of parts.slice(0, -1)) {
    const name = bytesOf(part);
    const below = folder.get(name) ?? new Map();
    if (!(below instanceof Map)) {
      return inTheWay(path);
    }
    folder.set(name, below);
    folder = below;
  }
  const name = bytesOf(parts.at(-1) ?? '');
  if (folder.has(name)) {
    return inTheWay(path);
  }
  folder.set(name, content);
  return undefined;
}

interface FolderRewrite {
  readonly id: ObjectId | undefined;
  readonly folder: Folder;
  readonly path: string;
  readonly objects: NewObject[];
  readonly format: ObjectFormat;
  readonly readTree: (id: ObjectId) => Promise<Result<readonly TreeEntry[]>>;
}

/** Gives the folder's new tree, or nothing where no file is left in it. */
async function rewriteFolder(rewrite: FolderRewrite): Promise<Result<ObjectId | undefined>> {
  const { objects, format } = rewrite;
  const old = rewrite.id === undefined ? success([]) : await rewrite.readTree(rewrite.id);
  if (!old.ok) {
    return old;
  }
  const entries = new Map(old.value.map((entry) => [entry.name, entry]));
  const folders: Promise<Result<readonly [string, ObjectId | undefined]>>[] = [];
  for (const [name, change] of rewrite.folder) {
    const entry = entries.get(name);
    const path = `${rewrite.path}${Buffer.from(name, 'latin1').toString()}`;
    if (change instanceof Map) {
      if (entry !== undefined && entry.mode !== treeMode) {
        return inTheWay(path);
      }
      const below = { ...rewrite, id: entry?.id, folder: change, path: `${path}/` };
      folders.push(
        rewriteFolder(below).then((result) => (result.ok ? success([name, result.value]) : result)),
      );
    } else if (entry !== undefined && entry.mode !== '100644' && entry.mode !== '100755') {
      return inTheWay(path);
    } else if (change === null) {
      entries.delete(name);
    } else {
      entries.set(name, { mode: '100644', name, id: keep(objects, newObject('blob', change, format)) });
    }
  }
  for (const result of await Promise.all(folders)) {
    if (!result.ok) {
      return result;
    }
    const [name, id] = result.value;
    if (id === undefined) {
      entries.delete(name);
    } else {
      entries.set(name, { mode: treeMode, name, id });
    }
  }
  if (entries.size === 0) {
    return success(undefined);
  }
  return success(keep(objects, newObject('tree', formatTree(entries.values()), format)));
}

function keep(objects: NewObject[], object: NewObject): ObjectId {
  objects.push(object);
  return object.id;
}

function bytesOf(name: string): string {
  return Buffer.from(name, 'utf8').toString('latin1');
}

/** Git refuses the same names when it reads a tree strictly, those too that are `.git` on other file systems. */
function isPlainName(name: string): boolean {
  const seen = name
    .replaceAll(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '')
    .replace(/[ .]*(?::.*)?$/, '');
  return (
    name !== '' &&
    !/^\.{1,2}$/.test(name) &&
    !/^(?:\.git|git~1)$/i.test(seen) &&
    !/[\u0000-\u001f\u007f\\]/.test(name)
  );
}

function inTheWay(path: string): ReturnType<typeof failure> {
  return failure({
    code: 'SK2114',
    severity: 'error',
    message: `${JSON.stringify(path)} cannot be written: something else of that name is committed already`,
    hint: 'move the file, folder or link that stands there; the catalog folder belongs to the engine',
    failure: 'stalled',
  });
}
