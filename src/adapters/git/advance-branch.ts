import { failure, type Result, success } from '../../model/result.ts';
import { advanceMarker } from './advance-marker.ts';
import type { CatFile } from './cat-file.ts';
import type { CommitId, RefUpdate } from './git.ts';
import { firstComplaint, gitFailure } from './git-failure.ts';
import type { GitPlace } from './git-place.ts';
import { newObject, nullId } from './object-format.ts';
import { branchReference } from './reference-name.ts';
import { prepareReferenceChange } from './reference-transaction.ts';
import { moveFiles, requireClean, requireFree, type WorktreeFolder } from './worktree-folder.ts';
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
 * The order is: lock the branch, look whether the folder is clean, files, index, branch. Under the lock nobody else can
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
    return /cannot lock ref|reference already exists|\.lock': File exists/.test(change.stderr)
      ? success({ status: 'raced', detail: firstComplaint(change.stderr) })
      : gitFailure(`moving ${reference.value}`, change);
  }
  const from = options.expected ?? newObject('tree', new Uint8Array(), place.objectFormat).id;
  const places = await bringWorktrees(place, reference.value, from, options);
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
  reference: string,
  from: string,
  options: AdvanceBranchOptions,
): Promise<Result<readonly WorktreeFolder[]>> {
  const worktrees = await worktreesOn(place, reference);
  if (!worktrees.ok || worktrees.value.length === 0) {
    return worktrees.ok ? success([]) : worktrees;
  }
  const places = worktrees.value.map((worktree): WorktreeFolder => ({ worktree, folder: options.folder }));
  const marker = advanceMarker(place, reference);
  const interrupted = await marker.read();
  if (interrupted !== undefined) {
    for (const where of places) {
      // Git goes back only from exactly what the interrupted run wrote; anything else is found not to be clean below.
      await moveFiles(place, where, interrupted, from);
    }
  }
  const ready = await requireReady(place, places, from, options.next);
  if (!ready.ok) {
    return ready;
  }
  await marker.write(options.next);
  const moved = await moveAll(place, places, from, options.next);
  if (!moved.ok) {
    await marker.remove();
  }
  return moved.ok ? success(places) : moved;
}

async function tipOf(catFile: CatFile, reference: string): Promise<string | undefined> {
  const reply = await catFile.info(reference);
  return reply.status === 'found' ? reply.id : undefined;
}

/** Every work tree is looked at before the first is changed. */
async function requireReady(
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
    const clean = await requireClean(place, where);
    const free = clean.ok ? requireFree(where, added) : clean;
    if (!free.ok) {
      return free;
    }
  }
  return success(undefined);
}

async function moveAll(
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
