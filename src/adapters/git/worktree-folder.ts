import { join } from 'node:path';
import { type Failure, failure, type Result, success } from '../../model/result.ts';
import type { GitSetting } from './git-environment.ts';
import { firstComplaint, gitFailure } from './git-failure.ts';
import type { GitPlace } from './git-place.ts';
import { lookAt } from './look-at.ts';

/** A folder of a work tree that the engine writes to. */
export interface WorktreeFolder {
  readonly worktree: string;
  /** Repository path: `catalog`. */
  readonly folder: string;
}

/**
 * Fails where index or work tree differ from HEAD at or below some paths of the folder, untracked files included
 * (SK2111). More paths than a command line should hold are looked at as the whole folder.
 */
export async function requireClean(
  place: GitPlace,
  where: WorktreeFolder,
  paths: readonly string[],
): Promise<Result<undefined>> {
  const settings = await withoutFilters(place);
  if (!settings.ok) {
    return settings;
  }
  const asked = new Set(paths.length > pathsAtMost ? [where.folder] : paths);
  const outcome = await place.run(
    'read',
    ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames', '--', ...asked],
    { directory: where.worktree, settings: settings.value },
  );
  if (outcome.exitCode !== 0) {
    return gitFailure(`looking at ${where.folder} in ${where.worktree}`, outcome);
  }
  const wanted = paths.length > pathsAtMost ? new Set(paths) : undefined;
  const found = outcome.stdout
    .toString()
    .split('\0')
    .filter((row) => row !== '')
    .map((row) => row.slice(3))
    .filter((path) => wanted?.has(path) !== false);
  return found.length === 0 ? success(undefined) : dirty(where, found);
}

const pathsAtMost = 200;

/** Fails where something lies in the place of a new file (SK2111): git would overwrite what it ignores. */
export function requireFree(where: WorktreeFolder, paths: readonly string[]): Result<undefined> {
  const taken = paths.filter((path) => lookAt(join(where.worktree, path)) !== undefined);
  return taken.length === 0 ? success(undefined) : dirty(where, taken);
}

/**
 * Takes index and files from one tree to another as a fast-forward does: entries that differ between the two must be
 * unchanged, everything else stays as it is. Git locks the index, writes the files, then the index.
 */
export async function moveFiles(
  place: GitPlace,
  where: WorktreeFolder,
  from: string,
  to: string,
): Promise<Result<undefined>> {
  const settings = await withoutFilters(place);
  if (!settings.ok) {
    return settings;
  }
  const options = { directory: where.worktree, settings: settings.value };
  // Git takes a file for changed when only its times differ, unless the index was refreshed. Its exit code speaks of
  // changes elsewhere, which are the user's own.
  const refreshed = await place.run('write', ['update-index', '-q', '--refresh'], options);
  if (isIndexLocked(refreshed.stderr)) {
    return indexLocked(where, refreshed.stderr);
  }
  const moved = await place.run('write', ['read-tree', '-m', '-u', from, to], options);
  if (moved.exitCode === 0) {
    return success(undefined);
  }
  if (isIndexLocked(moved.stderr)) {
    return indexLocked(where, moved.stderr);
  }
  const inTheWay = [...moved.stderr.matchAll(/(?:Entry|file) '(.+?)'/g)].map((match) => match[1] ?? '');
  return inTheWay.length > 0
    ? dirty(where, inTheWay)
    : gitFailure(`writing ${where.folder} in ${where.worktree}`, moved);
}

/** Drivers of the repository's own configuration, made to do nothing: no command runs for a file's attributes. */
export async function withoutFilters(place: GitPlace): Promise<Result<readonly GitSetting[]>> {
  const configuration = await place.configuration();
  if (!configuration.ok) {
    return configuration;
  }
  const drivers = new Set(
    configuration.value
      .filter(([key]) => key.startsWith('filter.'))
      .map(([key]) => key.slice(0, key.lastIndexOf('.'))),
  );
  return success(
    [...drivers].flatMap((driver): readonly GitSetting[] => [
      [`${driver}.clean`, ''],
      [`${driver}.smudge`, ''],
      [`${driver}.process`, ''],
      [`${driver}.required`, 'false'],
    ]),
  );
}

function dirty(where: WorktreeFolder, paths: readonly string[]): Failure {
  const shown = paths.slice(0, 5).join(', ');
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : '';
  return failure({
    code: 'SK2111',
    severity: 'error',
    message: `${where.folder}/ has changes in ${where.worktree} that no commit holds: ${shown}${more}`,
    hint:
      `only the engine writes there; look with "git status ${where.folder}", keep what you need elsewhere, then run ` +
      `"git restore --staged --worktree ${where.folder}" and "git clean -fd ${where.folder}"`,
    failure: 'stalled',
  });
}

function isIndexLocked(stderr: string): boolean {
  return /index\.lock': File exists/.test(stderr);
}

function indexLocked(where: WorktreeFolder, stderr: string): Failure {
  const file = /'([^']*index\.lock)'/.exec(stderr)?.[1] ?? firstComplaint(stderr);
  return failure({
    code: 'SK2112',
    severity: 'error',
    message: `another git process holds the index of ${where.worktree} (${file})`,
    hint: `wait until it has ended; if none is running, remove ${file}`,
    failure: 'transient',
  });
}
