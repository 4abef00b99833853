import { type Result, success } from '../../model/result.ts';
import { advanceMarker } from './advance-marker.ts';
import { moveAll, moveForward, requireInside, takeBack } from './advance-worktrees.ts';
import type { CatFile } from './cat-file.ts';
import { changedFiles } from './changed-files.ts';
import type { CommitId, RefUpdate } from './git.ts';
import { firstComplaint, gitFailure } from './git-failure.ts';
import type { GitPlace } from './git-place.ts';
import { newObject, nullId } from './object-format.ts';
import { branchReference } from './reference-name.ts';
import { prepareReferenceChange } from './reference-transaction.ts';
import { tipOf } from './tip-of.ts';
import type { WorktreeFolder } from './worktree-folder.ts';
import { worktreesOn } from './worktrees.ts';

export interface AdvanceBranchOptions {
  readonly branch: string;
  readonly expected: CommitId | undefined;
  readonly next: CommitId;
  readonly folder: string;
}

/**
 * Moves a branch from one commit to its successor, with the work trees that have it checked out.
 *
 * The order is: lock the branch, look whether the files are clean, files, index, branch. Under the lock nobody else can
 * commit to the branch or move it, so there is nothing to take back but on a failure. Whatever is killed in between,
 * the branch still stands at the old commit, and files or index hold more than it does: the user's next commit can add
 * the new records, never take committed ones away. (With the branch first, an interrupted run would leave an index
 * whose next commit undoes the catalog.) A marker names the commit that was under way, so that the next run can take
 * files and index back; where they hold anything else by then, it names them and the way out (SK2111, SK2112).
 */
export async function advanceBranch(
  place: GitPlace,
  catFile: CatFile,
  options: AdvanceBranchOptions,
): Promise<Result<RefUpdate>> {
  const reference = branchReference(options.branch);
  if (!reference.ok) {
    return reference;
  }
  const tip = await tipOf(catFile, reference.value);
  if (tip !== options.expected) {
    return success({ status: 'raced', detail: `${reference.value} is at ${tip ?? 'no commit'}` });
  }
  const change = await prepareReferenceChange(place, {
    reference: reference.value,
    next: options.next,
    expected: options.expected ?? nullId(place.objectFormat),
  });
  if (change.status === 'refused') {
    return /cannot lock ref|reference already exists|\.lock': File exists/.test(change.stderr) &&
      !/exists; cannot create/.test(change.stderr)
      ? success({ status: 'raced', detail: firstComplaint(change.stderr) })
      : gitFailure(`moving ${reference.value}`, change);
  }
  const from = options.expected ?? newObject('tree', new Uint8Array(), place.objectFormat).id;
  const places = await bringWorktrees(place, catFile, reference.value, from, options);
  if (!places.ok) {
    await change.abort();
    return places;
  }
  const moved = await change.commit();
  const back =
    moved.exitCode === 0 ? success(undefined) : await moveAll(place, places.value, options.next, from);
  await advanceMarker(place, reference.value).remove();
  if (moved.exitCode === 0) {
    return success({ status: 'updated' });
  }
  return back.ok ? gitFailure(`moving ${reference.value}`, moved) : back;
}

/** Brings files and index of every work tree on the branch to the new commit, or of none. */
async function bringWorktrees(
  place: GitPlace,
  catFile: CatFile,
  reference: string,
  from: string,
  options: AdvanceBranchOptions,
): Promise<Result<readonly WorktreeFolder[]>> {
  const worktrees = await worktreesOn(place, reference);
  if (!worktrees.ok || worktrees.value.length === 0) {
    return worktrees.ok ? success([]) : worktrees;
  }
  const places = worktrees.value.map((worktree): WorktreeFolder => ({ worktree, folder: options.folder }));
  const changes = await changedFiles(place, catFile, from, options.next);
  if (!changes.ok) {
    return changes;
  }
  const move = { from, to: options.next, changes: changes.value };
  const marker = advanceMarker(place, reference);
  await takeBack(place, places, await marker.read(), from);
  const inside = requireInside(places, move);
  if (!inside.ok) {
    return inside;
  }
  await marker.write(options.next);
  const moved = await moveForward(place, places, move);
  if (!moved.ok) {
    await marker.remove();
  }
  return moved.ok ? success(places) : moved;
}
