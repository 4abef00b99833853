import type { CommitId } from '../adapters/git/git.ts';
import type { Workspace } from '../compose.ts';
import { type Catalog, readCatalog } from '../engine/catalog/read-catalog.ts';
import { failure, type Result, success } from '../model/result.ts';
import { catalogBranchOf, catalogNotHere, catalogTip, newestKnown } from './catalog-tip.ts';
import { openDesired } from './open-plan.ts';

/** The commit whose catalog a command reads. */
export interface FoundCatalog {
  readonly commit: CommitId;
  /** The branch that it is the tip of, in full; absent where a revision was named, or HEAD is detached. */
  readonly branch: string | undefined;
  /** The newest desired state that this clone knows, where the catalog has a branch of its own. */
  readonly desiredTip?: CommitId;
}

/** Finds the catalog of a revision, or the newest one that this clone knows; SK2214 where its branch is not here. */
export async function findCatalog(
  workspace: Workspace,
  revision: string | undefined,
): Promise<Result<FoundCatalog>> {
  const { git } = workspace;
  const desired = await openDesired(workspace, undefined);
  const policy = desired.ok ? await desired.value.policy() : desired;
  if (!policy.ok) {
    return policy;
  }
  const head = await git.head();
  const branch = catalogBranchOf(policy.value);
  const own = branch === undefined || head.branch === `refs/heads/${branch}`;
  const tip =
    revision === undefined ? success(await catalogTip(git, policy.value)) : await git.resolveCommit(revision);
  if (!tip.ok) {
    return tip;
  }
  if (tip.value === undefined) {
    return failure(catalogNotHere(branch ?? 'HEAD', 'error'));
  }
  const desiredTip = own ? undefined : await newestDesired(workspace);
  return success({
    commit: tip.value,
    branch: revision !== undefined ? undefined : branch === undefined ? head.branch : `refs/heads/${branch}`,
    ...(desiredTip === undefined ? {} : { desiredTip }),
  });
}

/** The newest catalog that this clone knows, opened. */
export async function readFoundCatalog(workspace: Workspace): Promise<Result<Catalog>> {
  const found = await findCatalog(workspace, undefined);
  return found.ok ? readCatalog(workspace.git, found.value.commit) : found;
}

async function newestDesired({ git }: Workspace): Promise<CommitId | undefined> {
  const { branch, commit } = await git.head();
  return branch === undefined ? commit : newestKnown(git, branch.replace('refs/heads/', ''));
}
