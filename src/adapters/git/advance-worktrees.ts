import { failure, type Result, success } from '../../model/result.ts';
import type { CommitId } from './git.ts';
import { gitFailure } from './git-failure.ts';
import type { GitPlace } from './git-place.ts';
import { moveFiles, requireClean, requireFree, type WorktreeFolder } from './worktree-folder.ts';

/** Every work tree is looked at before the first is changed. */
export async function requireReady(
  place: GitPlace,
  places: readonly WorktreeFolder[],
  from: string,
  next: CommitId,
): Promise<Result<undefined>> {
  const compared = await place.run('read', [
    'diff-tree',
    '-r',
    '-z',
    '--name-status',
    '--no-renames',
    from,
    next,
  ]);
  if (compared.exitCode !== 0) {
    return gitFailure('comparing two commits', compared);
  }
  const changed = [...compared.stdout.toString().matchAll(/([A-Z])\0([^\0]+)\0/g)];
  const added = changed.filter(([, status]) => status === 'A').map(([, , path = '']) => path);
  for (const where of places) {
    const outside = changed.find(([, , path = '']) => !path.startsWith(`${where.folder}/`))?.[2];
    if (outside !== undefined) {
      return failure({
        code: 'SK2115',
        severity: 'error',
        message: `the branch is checked out in ${where.worktree}, and the new commits change ${outside} too`,
        hint: 'bring the branch up to date yourself: "git pull --ff-only"',
        failure: 'stalled',
      });
    }
    const free = requireFree(where, added);
    if (!free.ok) {
      return free;
    }
  }
  return requireAllClean(place, places);
}

/** Fails for the first of the work trees whose folder is not clean. */
export async function requireAllClean(
  place: GitPlace,
  places: readonly WorktreeFolder[],
): Promise<Result<undefined>> {
  for (const where of places) {
    const clean = await requireClean(place, where);
    if (!clean.ok) {
      return clean;
    }
  }
  return success(undefined);
}

/** Brings index and files of all work trees from one tree to another, or of none. */
export async function moveAll(
  place: GitPlace,
  places: readonly WorktreeFolder[],
  from: string,
  to: string,
): Promise<Result<undefined>> {
  for (const [index, where] of places.entries()) {
    const moved = await moveFiles(place, where, from, to);
    if (!moved.ok) {
      await moveAll(place, places.slice(0, index), to, from);
      return moved;
    }
  }
  return success(undefined);
}

/**
 * Undoes what an interrupted advance wrote. Git goes back only from exactly that; anything else stays as it is, and is
 * found not to be clean.
 */
export async function takeBack(
  place: GitPlace,
  places: readonly WorktreeFolder[],
  interrupted: CommitId | undefined,
  tip: string,
): Promise<void> {
  if (interrupted === undefined) {
    return;
  }
  for (const where of places) {
    await moveFiles(place, where, interrupted, tip);
  }
}
