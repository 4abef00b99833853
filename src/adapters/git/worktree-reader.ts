import { constants } from 'node:fs';
import { open, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { compareCodePoints } from '../../model/json.ts';
import { type Failure, failure, type Result, success } from '../../model/result.ts';
import type { GitWorktree, GitWorktreeFile } from './git.ts';
import { gitFailure } from './git-failure.ts';
import type { GitPlace } from './git-place.ts';
import { lookAt } from './look-at.ts';

/** Reads the work tree's files as git knows them, without the index's stale sizes and without following links. */
export function createWorktreeReader(place: GitPlace): GitWorktree {
  return {
    async listWorktree(except) {
      const { workTree } = place;
      if (workTree === undefined) {
        return noWorkTree(place);
      }
      const [tracked, untracked] = await Promise.all([
        place.run('read', ['ls-files', '-s', '-z'], { directory: workTree }),
        place.run('read', ['ls-files', '-o', '-z', '--exclude-standard'], { directory: workTree }),
      ]);
      const failed = [tracked, untracked].find((outcome) => outcome.exitCode !== 0);
      if (failed !== undefined) {
        return gitFailure('listing the files of the work tree', failed);
      }
      const names = [...namesIn(tracked.stdout, true), ...namesIn(untracked.stdout, false)];
      return success(
        lookAtAll(
          workTree,
          names.filter(({ path }) => except === undefined || !path.startsWith(`${except}/`)),
        ),
      );
    },

    async readWorktreeFile(path, limitBytes) {
      return place.workTree === undefined
        ? noWorkTree(place)
        : await readPlainFile(place.workTree, path, limitBytes);
    },
  };
}

interface ListedName {
  readonly path: string;
  readonly isSubmodule: boolean;
}

function namesIn(listing: Buffer, staged: boolean): readonly ListedName[] {
  return listing
    .toString('utf8')
    .split('\0')
    .filter((row) => row !== '' && !row.endsWith('/'))
    .map((row) => ({
      path: staged ? row.slice(row.indexOf('\t') + 1) : row,
      isSubmodule: staged && row.startsWith('160000 '),
    }));
}

/** A folder of tracked files that was replaced by a link is listed as that link, and nothing behind it. */
function lookAtAll(workTree: string, names: readonly ListedName[]): readonly GitWorktreeFile[] {
  const folders = new Map<string, string>([['', '']]);
  const files = new Map<string, GitWorktreeFile>();
  for (const name of names) {
    const path = linkAbove(workTree, name.path, folders) ?? name.path;
    const file = name.isSubmodule ? submodule(name.path) : lookAtFile(workTree, path);
    if (file !== undefined) {
      files.set(path, file);
    }
  }
  return [...files.values()].sort((left, right) => compareCodePoints(left.path, right.path));
}

/** The first part of the path above the file that is a link; `folders` remembers what was found. */
function linkAbove(workTree: string, path: string, folders: Map<string, string>): string | undefined {
  const end = path.lastIndexOf('/');
  const folder = path.slice(0, Math.max(end, 0));
  const known = folders.get(folder);
  if (known !== undefined) {
    return known === '' ? undefined : known;
  }
  const above = linkAbove(workTree, folder, folders);
  const link = above ?? (lookAt(join(workTree, folder))?.isSymbolicLink() ? folder : '');
  folders.set(folder, link);
  return link === '' ? undefined : link;
}

function lookAtFile(workTree: string, path: string): GitWorktreeFile | undefined {
  const found = lookAt(join(workTree, path));
  if (found === undefined || !(found.isFile() || found.isSymbolicLink())) {
    return undefined;
  }
  const executable = (found.mode & 0o100n) !== 0n;
  return {
    path,
    mode: found.isSymbolicLink() ? '120000' : executable ? '100755' : '100644',
    sizeBytes: Number(found.size),
    id: `worktree:${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`,
  };
}

function submodule(path: string): GitWorktreeFile {
  return { path, mode: '160000', sizeBytes: 0, id: `worktree:submodule:${path}` };
}

async function readPlainFile(
  workTree: string,
  path: string,
  limitBytes: number,
): Promise<Result<Uint8Array>> {
  const whole = join(workTree, path);
  try {
    await using file = await open(whole, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const found = await file.stat();
    // Where the open file really lies: a link in any part of the path shows here, with no moment to change it.
    const real = await readlink(`/proc/self/fd/${file.fd}`);
    if (real !== whole || !found.isFile()) {
      return unreadable(path, 'it is no plain file, or a part of its path is a symbolic link');
    }
    if (found.size > limitBytes) {
      return failure({
        code: 'SK2010',
        severity: 'error',
        message: `${path} has ${found.size} bytes, more than the ${limitBytes} that are read`,
        hint: 'make the file smaller',
        place: { file: path },
        failure: 'stalled',
      });
    }
    const bytes = Buffer.alloc(found.size);
    const { bytesRead } = await file.read(bytes, 0, found.size, 0);
    return bytesRead === found.size ? success(bytes) : unreadable(path, 'it changed while it was read');
  } catch (error) {
    return unreadable(path, error instanceof Error ? error.message : String(error));
  }
}

function unreadable(path: string, reason: string): Failure {
  return failure({
    code: 'SK2040',
    severity: 'error',
    message: `${path} cannot be read from the work tree: ${reason}`,
    hint: 'see that it is a plain file that you may read, and that nothing writes to it now',
    place: { file: path },
  });
}

function noWorkTree(place: GitPlace): Failure {
  return failure({
    code: 'SK2012',
    severity: 'error',
    message: `${place.gitDirectory} is a bare repository and has no work tree to read`,
    hint: 'leave --worktree out, or run it in a clone with a work tree',
    failure: 'stalled',
  });
}
