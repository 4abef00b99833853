import type { CommitId, GitRepository } from '../adapters/git/git.ts';
import type { Workspace } from '../compose.ts';
import { catalogFolder } from '../engine/catalog/paths.ts';
import type { Digest } from '../model/digest.ts';
import type { Plan } from '../model/plan.ts';
import { type Result, success } from '../model/result.ts';
import type { CatalogTarget } from './catalog-target.ts';
import { openDesired } from './open-plan.ts';

/**
 * What the newest desired state still asks for, of a plan that was carried out: the changes of the plan between that
 * state and the catalog that the run started from. Nothing where it is the state that was built, or does not stand on
 * it, where it is not known, or where it cannot be read, as then nothing says that a result is not wanted.
 */
export function wantedChanges(
  workspace: Workspace,
  target: CatalogTarget,
  plan: Plan,
  signal: AbortSignal,
): (tip: CommitId) => Promise<Result<ReadonlySet<Digest> | undefined>> {
  const { git } = workspace;
  return async (tip) => {
    const newest = target.isSeparate ? await newestDesired(git, target, signal) : success(tip);
    if (!newest.ok) {
      return newest;
    }
    const built = plan.desiredCommit as CommitId | null;
    if (
      newest.value === undefined ||
      built === null ||
      !(await git.isAncestor(built, newest.value)) ||
      (await hasSameSources(git, built, newest.value))
    ) {
      return success(undefined);
    }
    const desired = await openDesired(workspace, newest.value);
    const view = desired.ok ? await desired.value.plan(plan.catalogCommit as CommitId | null) : desired;
    return success(
      view.ok ? new Set(view.value.made.plan.changes.map((change) => change.digest)) : undefined,
    );
  };
}

/** Whether two commits have the same files outside of the catalog. */
export async function hasSameSources(git: GitRepository, left: CommitId, right: CommitId): Promise<boolean> {
  const [one, other] = await Promise.all([sourcesOf(git, left), sourcesOf(git, right)]);
  return one !== undefined && one === other;
}

async function sourcesOf(git: GitRepository, commit: CommitId): Promise<string | undefined> {
  const root = await git.objectAt(commit, '');
  const rows = root === undefined ? undefined : await git.readFolder(root);
  return rows?.ok === true
    ? rows.value
        .filter(({ name }) => name !== catalogFolder)
        .map(({ mode, name, id }) => `${mode} ${id} ${name}\n`)
        .join('')
    : undefined;
}

async function newestDesired(
  git: GitRepository,
  { remote, desiredBranch, operationTimeoutMs }: CatalogTarget,
  signal: AbortSignal,
): Promise<Result<CommitId | undefined>> {
  if (desiredBranch === undefined) {
    return success(undefined);
  }
  if (remote !== undefined) {
    return git.fetchBranch(remote, desiredBranch, { timeoutMs: operationTimeoutMs, signal });
  }
  const local = await git.resolveCommit(`refs/heads/${desiredBranch}`);
  return success(local.ok ? local.value : undefined);
}
