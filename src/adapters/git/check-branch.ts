import { type Result, success } from '../../model/result.ts';
import { advanceMarker } from './advance-marker.ts';
import { requireAllClean, takeBack } from './advance-worktrees.ts';
import type { CatFile } from './cat-file.ts';
import type { GitPlace } from './git-place.ts';
import { branchReference } from './reference-name.ts';
import { prepareReferenceChange } from './reference-transaction.ts';
import { tipOf } from './tip-of.ts';
import type { WorktreeFolder } from './worktree-folder.ts';
import { worktreesOn } from './worktrees.ts';

/** The port's `checkBranch`. A branch that somebody is moving right now is judged when its turn comes. */
export async function checkBranch(
  place: GitPlace,
  catFile: CatFile,
  options: { readonly branch: string; readonly folder: string },
): Promise<Result<undefined>> {
  const reference = branchReference(options.branch);
  if (!reference.ok) {
    return reference;
  }
  const tip = await tipOf(catFile, reference.value);
  const worktrees = await worktreesOn(place, reference.value);
  if (!worktrees.ok) {
    return worktrees;
  }
  if (tip === undefined || worktrees.value.length === 0) {
    return success(undefined);
  }
  const change = { reference: reference.value, next: tip, expected: tip };
  const held = await prepareReferenceChange(place, change);
  if (held.status === 'refused') {
    return success(undefined);
  }
  const places = worktrees.value.map((worktree): WorktreeFolder => ({ worktree, folder: options.folder }));
  const marker = advanceMarker(place, reference.value);
  await takeBack(place, places, await marker.read(), tip);
  const clean = await requireAllClean(place, places);
  if (clean.ok) {
    await marker.remove();
  }
  await held.abort();
  return clean;
}
