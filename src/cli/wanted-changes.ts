import type { CommitId, GitRepository } from '../adapters/git/git.ts';
import type { Workspace } from '../compose.ts';
import { catalogFolder } from '../engine/catalog/paths.ts';
import type { Digest } from '../model/digest.ts';
import type { Plan } from '../model/plan.ts';
import { type Result, success } from '../model/result.ts';
import { openDesired } from './open-plan.ts';
import type { CatalogTarget } from './target-branch.ts';

/** The branch whose newest commit says what is wanted; nothing is known where it is absent. */
export type DesiredBranch = Pick<CatalogTarget, 'remote' | 'desiredBranch' | 'operationTimeoutMs'>;

/**
 * What the newest desired state still asks for, of a plan that was carried out on the tip of a branch: see
 * {@link wantedAt}.
 */
export function wantedChanges(
  workspace: Workspace,
  target: CatalogTarget,
  plan: Plan,
  signal: AbortSignal,
): (tip: CommitId) => Promise<Result<ReadonlySet<Digest> | undefined>> {
  return async (tip) => {
    const newest = target.isSeparate ? await newestDesired(workspace.git, target, signal) : success(tip);
    if (!newest.ok) {
      return newest;
    }
    return success(newest.value === undefined ? undefined : await wantedAt(workspace, plan, newest.value));
  };
}

/**
 * What a newer desired commit asks for: the changes of the plan between it and the catalog that a plan started from.
 * Nothing where it is the state of the plan, or does not stand on it, or where it cannot be read, as then nothing says
 * that a change is not wanted.
 */
export async function wantedAt(
  workspace: Workspace,
  plan: Plan,
  newest: CommitId,
): Promise<ReadonlySet<Digest> | undefined> {
  const { git } = workspace;
  const built = plan.desiredCommit as CommitId | null;
  if (
    built === null ||
    !(await git.isAncestor(built, newest)) ||
    (await hasSameSources(git, built, newest))
  ) {
    return undefined;
  }
  const desired = await openDesired(workspace, newest);
  const view = desired.ok ? await desired.value.plan(plan.catalogCommit as CommitId | null) : desired;
  // Stalled without a run: a person holds it back, or has not decided yet.
  return view.ok
    ? new Set(
        view.value.made.plan.changes
          .filter(({ stalled }) => stalled?.run !== null)
          .map((change) => change.digest),
      )
    : undefined;
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

/** The tip of a branch here or, where there is one, at the remote. */
export async function newestDesired(
  git: GitRepository,
  { remote, desiredBranch, operationTimeoutMs }: DesiredBranch,
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
