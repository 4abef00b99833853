import type { CommitId, GitRepository } from '../adapters/git/git.ts';
import { catalogFolder } from '../engine/catalog/paths.ts';
import type { RemoteLimits } from './remote-options.ts';

/** Where a reconcile writes: a branch, here or at a remote, and how that stands now. */
export interface CatalogTarget extends RemoteLimits {
  /** The branch that carries the catalog, in short. */
  readonly branch: string;
  readonly remote: string | undefined;
  /** Its tip; absent where a branch for the catalog alone is yet to be made. */
  readonly tip: CommitId | undefined;
  /** The commit whose catalog a plan starts from: an open proposal, else the tip. */
  readonly catalog: CommitId | undefined;
  /** The branch of the desired state, in short; absent where HEAD is detached and the catalog has its own branch. */
  readonly desiredBranch: string | undefined;
  /** Whether the catalog has a branch of its own. */
  readonly isSeparate: boolean;
  /** Set where records are proposed and not written to the branch itself: the branch of the proposal. */
  readonly proposal?: { readonly branch: string; readonly open: CommitId | undefined };
}

/** The branch that a reconcile is to write to, before its tip is known. */
export interface TargetBranch {
  /** In short. */
  readonly branch: string;
  /** HEAD's own branch, in short. */
  readonly head: string | undefined;
  /** Whether the branch is made where it is missing. */
  readonly mayBegin: boolean;
  readonly limits: RemoteLimits;
}

/** What the tip of a branch, here or at a remote, makes of it. */
export async function targetOn(
  git: GitRepository,
  { branch, head, limits }: TargetBranch,
  remote: string | undefined,
  tip: CommitId | undefined,
): Promise<CatalogTarget> {
  const isSeparate = await holdsCatalogAlone(git, tip);
  const desiredBranch = isSeparate ? head : branch;
  return { branch, remote, tip, catalog: tip, desiredBranch, isSeparate, ...limits };
}

/** Whether a branch has, or will have, nothing but the catalog and the trust that it is judged by. */
async function holdsCatalogAlone(git: GitRepository, tip: CommitId | undefined): Promise<boolean> {
  if (tip === undefined) {
    return true;
  }
  const root = await git.objectAt(tip, '');
  const rows = root === undefined ? undefined : await git.readFolder(root);
  return rows?.ok === true && rows.value.every(({ name }) => name === catalogFolder || name === 'trust');
}
