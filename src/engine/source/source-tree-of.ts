import type { CommitId } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { digestOfBytes } from '../../model/digest.ts';
import { compareCodePoints } from '../../model/json.ts';
import { type Failure, failure, type Result, success } from '../../model/result.ts';
import { catalogFolder } from '../catalog/paths.ts';
import type { SourceFile, SourceTree } from './source-tree.ts';

/** What a listing of files, sorted by path in code-point order, is made a source of. */
export interface SourceListing {
  readonly commit: CommitId | null;
  readonly files: readonly SourceFile[];
  /** Reads a regular file of the listing. */
  readonly read: (file: SourceFile, limitBytes: number) => Promise<Result<Uint8Array>>;
}

/**
 * The source of a listing. Fails with all findings where something under the folders of the desired state is a
 * symbolic link (SK2032) or a submodule (SK2033).
 */
export function sourceTreeOf(listing: SourceListing): Result<SourceTree> {
  const byPath = new Map(listing.files.map((file) => [file.path, file]));
  const desired = listing.files.filter((file) => isDesiredState(file.path));
  const problems = desired.filter((file) => !isRegular(file)).map(notAFile);
  if (problems.length > 0) {
    return failure(...problems);
  }

  async function read(file: SourceFile, limitBytes: number): Promise<Result<Uint8Array>> {
    return file.sizeBytes > limitBytes ? tooLarge(file, limitBytes) : await listing.read(file, limitBytes);
  }

  return success({
    commit: listing.commit,
    files: desired,
    fileAt: (path) => byPath.get(path),
    async read(path, limitBytes) {
      const file = findFile(byPath, listing.files, path);
      return file.ok ? await read(file.value, limitBytes) : file;
    },
    async sourceFile(path, limitBytes) {
      const file = findFile(byPath, listing.files, path);
      if (!file.ok) {
        return file;
      }
      const bytes = await read(file.value, limitBytes);
      if (!bytes.ok) {
        return bytes;
      }
      return success({
        ...file.value,
        digest: digestOfBytes(bytes.value),
        bytes: () => read(file.value, limitBytes),
      });
    },
    filesBelow(folder) {
      const refused = refusePath(byPath, folder);
      if (refused !== undefined) {
        return refused;
      }
      const files = entriesBelow(listing.files, `${folder}/`);
      const other = files.find((file) => !isRegular(file));
      if (other !== undefined) {
        return refusedPath(other.path, `is ${kindOf(other)}`);
      }
      return files.length > 0
        ? success(files)
        : notThere(folder, byPath.has(folder) ? 'is a file, not a folder' : 'is not in the repository');
    },
  });
}

const desiredFolders = ['specs', 'profiles', 'decisions', 'trust'] as const;

function isDesiredState(path: string): boolean {
  return (
    path === 'sandkiln.yaml' ||
    desiredFolders.some((folder) => path === folder || path.startsWith(`${folder}/`))
  );
}

function findFile(
  byPath: ReadonlyMap<string, SourceFile>,
  files: readonly SourceFile[],
  path: string,
): Result<SourceFile> {
  const refused = refusePath(byPath, path);
  if (refused !== undefined) {
    return refused;
  }
  const file = byPath.get(path);
  if (file !== undefined) {
    return success(file);
  }
  return notThere(
    path,
    entriesBelow(files, `${path}/`).length > 0 ? 'is a folder, not a file' : 'is not in the repository',
  );
}

/** Refuses a path that leaves the repository, and one that is or passes through anything but files and folders. */
function refusePath(byPath: ReadonlyMap<string, SourceFile>, path: string): Failure | undefined {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..') || /[\u0000\\]/.test(path)) {
    return refusedPath(path, 'is not a plain path inside the repository');
  }
  if (parts[0] === catalogFolder) {
    return refusedPath(path, 'is in the catalog, which the engine writes');
  }
  for (let count = 1; count <= parts.length; count += 1) {
    const above = byPath.get(parts.slice(0, count).join('/'));
    if (above !== undefined && !isRegular(above)) {
      return refusedPath(
        path,
        count === parts.length ? `is ${kindOf(above)}` : `goes through ${above.path}, ${kindOf(above)}`,
      );
    }
  }
  return undefined;
}

/** The rows whose path starts with the prefix: neighbours in a sorted list. */
function entriesBelow(files: readonly SourceFile[], prefix: string): readonly SourceFile[] {
  let low = 0;
  let high = files.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareCodePoints(files[middle]?.path ?? '', prefix) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  let end = low;
  while (files[end]?.path.startsWith(prefix) === true) {
    end += 1;
  }
  return files.slice(low, end);
}

function isRegular(file: SourceFile): boolean {
  return file.mode === '100644' || file.mode === '100755';
}

function kindOf(file: SourceFile): string {
  return file.mode === '160000' ? 'a submodule' : 'a symbolic link';
}

function notAFile(file: SourceFile): Diagnostic {
  return {
    code: file.mode === '160000' ? 'SK2033' : 'SK2032',
    severity: 'error',
    message: `${file.path} is ${kindOf(file)}`,
    hint: 'put the file itself there; below specs/, profiles/, decisions/ and trust/ only plain files are read',
    place: { file: file.path },
    failure: 'stalled',
  };
}

function tooLarge(file: SourceFile, limitBytes: number): Failure {
  return failure({
    code: 'SK2031',
    severity: 'error',
    message: `${file.path} has ${file.sizeBytes} bytes, more than the ${limitBytes} that are read`,
    hint: 'split it, or keep large content in a file of its own that a spec names',
    place: { file: file.path },
    failure: 'stalled',
  });
}

function refusedPath(path: string, reason: string): Failure {
  return failure({
    code: 'SK2034',
    severity: 'error',
    message: `path ${JSON.stringify(path)} ${reason}`,
    hint: 'name a plain file of this repository, relative to its root, without "..", and with no link on the way',
    failure: 'stalled',
  });
}

function notThere(path: string, reason: string): Failure {
  return failure({
    code: 'SK2035',
    severity: 'error',
    message: `${path} ${reason}`,
    hint: 'commit the file (or use --worktree), or correct the path; it is relative to the root of the repository',
    failure: 'stalled',
  });
}
