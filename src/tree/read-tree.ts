import { closeSync, fstatSync, openSync } from 'node:fs';
import type { Diagnostic } from '../model/diagnostic.ts';
import { failure, type Result, success } from '../model/result.ts';
import { isSystemError } from './is-system-error.ts';
import { parentPath, plainFolder } from './plain-folder.ts';
import { type LooseEntry, settleHardLinks } from './settle-hard-links.ts';
import { type TarMember, tarMembers } from './tar-members.ts';
import type { Tree, TreeEntryBase, TreeFile } from './tree.ts';
import { shownPath, treeProblem } from './tree-problem.ts';

const defaultEntryLimit = 1_000_000;
/** All names together; keeps the index of a hostile tar in memory bounds. */
const namesLimitBytes = 256 * 1024 * 1024;
const componentLimitBytes = 255;

/**
 * Indexes an uncompressed tar (ustar, pax, GNU long names) without reading the bytes of files; the tar must stay
 * where it is for as long as the tree is used. Missing parent folders are added (root:root 0755). Everything that
 * could mean two things to two tools is refused: absolute paths, `..`, the same path twice, entries below a link,
 * links to what is not there, sparse files, devices outside `dev` (SK5001 to SK5009).
 */
export async function readTree(
  path: string,
  { entryLimit = defaultEntryLimit }: { readonly entryLimit?: number } = {},
): Promise<Result<Tree>> {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    return failure(unreadable(path, error));
  }
  try {
    return indexTar(path, descriptor, entryLimit);
  } catch (error) {
    if (isSystemError(error)) {
      return failure(unreadable(path, error));
    }
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function indexTar(tarPath: string, descriptor: number, entryLimit: number): Result<Tree> {
  const entries = new Map<string, LooseEntry>();
  let nameBytes = 0;
  for (const member of tarMembers(descriptor, fstatSync(descriptor).size)) {
    if ('code' in member) {
      return failure(member);
    }
    const path = treePath(member.name);
    if (path === undefined) {
      return failure(outside(member.name));
    }
    nameBytes += path.length + member.linkName.length;
    if (entries.size >= entryLimit || nameBytes > namesLimitBytes) {
      return failure(tooMany(entryLimit));
    }
    if (isDevice(member) && path.startsWith('dev/')) {
      continue;
    }
    if (entries.has(path)) {
      return failure(
        treeProblem('SK5007', `${shownPath(path)} is in the tar twice`, 'make the tar with each path once'),
      );
    }
    const entry = entryOf(member, path, tarPath, entries);
    if ('code' in entry) {
      return failure(entry);
    }
    entries.set(path, entry);
  }
  const problem = addParents(entries, entryLimit);
  return problem === undefined
    ? success({ entries: settleHardLinks([...entries.values()]) })
    : failure(problem);
}

function entryOf(
  member: TarMember,
  path: string,
  tarPath: string,
  entries: ReadonlyMap<string, LooseEntry>,
): LooseEntry | Diagnostic {
  const base: TreeEntryBase = {
    path,
    mode: member.mode,
    uid: member.uid,
    gid: member.gid,
    modifiedAt: member.modifiedAt,
    ...(member.attributes !== undefined && { attributes: member.attributes }),
  };
  switch (member.typeFlag) {
    case '0':
      return {
        type: 'file',
        ...base,
        sizeBytes: member.sizeBytes,
        content: { at: 'file', path: tarPath, offset: member.offset },
      };
    case '1':
      return furtherName(member, base, entries);
    case '2':
      return member.linkName === ''
        ? brokenLink(path, 'a symbolic link to nothing')
        : { type: 'symbolic-link', ...base, target: member.linkName };
    case '5':
      return { type: 'folder', ...base };
    default:
      return treeProblem(
        'SK5009',
        `${shownPath(path)} is a device node or a fifo, and it is not below dev`,
        'remove it where the tree is made; devices are made when the image runs',
      );
  }
}

/** A hard link to a symbolic link becomes a symbolic link of its own: the tree has no other way to say it. */
function furtherName(
  member: TarMember,
  base: TreeEntryBase,
  entries: ReadonlyMap<string, LooseEntry>,
): LooseEntry | Diagnostic {
  const targetPath = treePath(member.linkName);
  const target = targetPath === undefined ? undefined : entries.get(targetPath);
  if (target === undefined) {
    return brokenLink(base.path, `a hard link to ${shownPath(member.linkName)}, which no earlier entry has`);
  }
  if ('nameOf' in target) {
    return { path: base.path, nameOf: target.nameOf };
  }
  switch (target.type) {
    case 'file':
      return { path: base.path, nameOf: target satisfies TreeFile };
    case 'symbolic-link':
      return { ...target, path: base.path };
    case 'folder':
      return brokenLink(base.path, `a hard link to the folder ${shownPath(target.path)}`);
  }
}

/** Adds the folders that are missing; gives a diagnostic where something lies below what is no folder. */
function addParents(entries: Map<string, LooseEntry>, entryLimit: number): Diagnostic | undefined {
  for (const [path, entry] of [...entries]) {
    let child = path;
    while (child !== '') {
      const parent = parentPath(child);
      const found = entries.get(parent);
      if (found !== undefined) {
        if ('nameOf' in found || found.type !== 'folder') {
          return treeProblem(
            'SK5008',
            `${shownPath(path)} lies below ${shownPath(parent)}, which is no folder`,
            'make the tar with the path that the link leads to',
          );
        }
        break;
      }
      const modifiedAt = 'nameOf' in entry ? entry.nameOf.modifiedAt : entry.modifiedAt;
      if (entries.size >= entryLimit) {
        return tooMany(entryLimit);
      }
      entries.set(parent, plainFolder(parent, modifiedAt));
      child = parent;
    }
  }
  if (!entries.has('')) {
    entries.set('', plainFolder('', 0));
  }
  return undefined;
}

/** A tar name as a tree path; nothing where it is absolute, has `..` or a component that is too long. */
function treePath(name: string): string | undefined {
  if (name.startsWith('/')) {
    return undefined;
  }
  const components = name.split('/').filter((component) => component !== '' && component !== '.');
  return components.some((component) => component === '..' || isTooLong(component))
    ? undefined
    : components.join('/');
}

function isTooLong(component: string): boolean {
  return component.length * 3 > componentLimitBytes && Buffer.byteLength(component) > componentLimitBytes;
}

function isDevice(member: TarMember): boolean {
  return '346'.includes(member.typeFlag);
}

function outside(name: string): Diagnostic {
  return treeProblem(
    'SK5006',
    `${shownPath(name)} is absolute, has \`..\` or a name of more than ${componentLimitBytes} bytes`,
    'make the tar from inside the root folder: `tar -C ROOT .`',
  );
}

function brokenLink(path: string, what: string): Diagnostic {
  return treeProblem(
    'SK5008',
    `${shownPath(path)} is ${what}`,
    'make the tar with link targets before their links',
  );
}

function tooMany(entryLimit: number): Diagnostic {
  return treeProblem(
    'SK5002',
    `the tar has more than ${entryLimit} entries or ${namesLimitBytes} bytes of names`,
    'split what the image holds; no root file system needs as many',
  );
}

function unreadable(path: string, error: unknown): Diagnostic {
  const reason = error instanceof Error ? error.message : String(error);
  return treeProblem(
    'SK5001',
    `the tar ${shownPath(path)} cannot be read: ${reason}`,
    'check that the file is there and readable',
  );
}
