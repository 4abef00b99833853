import { failure, type Result, success } from '../../model/result.ts';
import { applyChanges } from './apply-changes.ts';
import type { ChangedFile } from './changed-files.ts';
import type { CommitId } from './git.ts';
import type { GitPlace } from './git-place.ts';
import { moveFiles, requireClean, requireFree, type WorktreeFolder } from './worktree-folder.ts';

/** A move of work trees from one commit, or the empty tree, to another. */
export interface WorktreeMove {
  readonly from: string;
  readonly to: CommitId;
  readonly changes: readonly ChangedFile[];
}

/** Fails where the changes reach beyond the folder that the engine writes to (SK2115). */
export function requireInside(
  places: readonly WorktreeFolder[],
  { changes }: WorktreeMove,
): Result<undefined> {
  for (const { worktree, folder } of places) {
    const outside = changes.find(({ path }) => !path.startsWith(`${folder}/`));
    if (outside !== undefined) {
      return failure({
        code: 'SK2115',
        severity: 'error',
        message: `the branch is checked out in ${worktree}, and the new commits change ${outside.path} too`,
        hint: 'bring the branch up to date yourself: "git pull --ff-only"',
        failure: 'stalled',
      });
    }
  }
  return success(undefined);
}

/**
 * Brings index and files of all work trees along, or of none. Only files that the move changes are looked at: where one
 * of them is not what it was at the start, in index or work tree, the failure names it (SK2111), and what the user did
 * elsewhere stays as it is. One work tree takes the short way where nothing is in the way; else every one is looked at
 * before the first is changed.
 */
export async function moveForward(
  place: GitPlace,
  places: readonly WorktreeFolder[],
  move: WorktreeMove,
): Promise<Result<undefined>> {
  const [only, second] = places;
  if (only !== undefined && second === undefined && (await applyChanges(place, only, move.changes))) {
    return success(undefined);
  }
  const added = move.changes.filter(({ before }) => before === undefined).map(({ path }) => path);
  const paths = move.changes.map(({ path }) => path);
  for (const where of places) {
    const free = requireFree(where, added);
    const ready = free.ok ? await requireClean(place, where, paths) : free;
    if (!ready.ok) {
      return ready;
    }
  }
  return moveAll(place, places, move.from, move.to);
}

/** Fails for the first of the work trees whose folder is not clean. */
export async function requireAllClean(
  place: GitPlace,
  places: readonly WorktreeFolder[],
): Promise<Result<undefined>> {
  for (const where of places) {
    const clean = await requireClean(place, where, [where.folder]);
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
