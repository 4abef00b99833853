import type { CommitId, GitRepository } from '../adapters/git/git.ts';
import { repositoryPolicy } from '../kinds/repository/repository.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Policy } from './policy.ts';

/**
 * The catalog as this clone knows it: HEAD, or the tip of the branch that the policy names. Of that one the local branch
 * and what was last fetched count, the newer of the two. Nothing where neither is there.
 */
export async function catalogTip(git: GitRepository, policy: Policy): Promise<CommitId | undefined> {
  const branch = catalogBranchOf(policy);
  if (branch === undefined) {
    const head = await git.resolveCommit('HEAD');
    return head.ok ? head.value : undefined;
  }
  return newestKnown(git, branch);
}

/** Name of the branch that holds the catalog; nothing where that is HEAD's own. */
export function catalogBranchOf(policy: Policy): string | undefined {
  return repositoryPolicy({ identity: policy, spec: policy.spec }).catalogBranch;
}

/** The newer of a local branch and its remote-tracking copy. */
export async function newestKnown(git: GitRepository, branch: string): Promise<CommitId | undefined> {
  const remote = await git.defaultRemote();
  const [local, fetched] = await Promise.all([
    git.resolveCommit(`refs/heads/${branch}`),
    remote === undefined ? undefined : git.resolveCommit(`refs/remotes/${remote}/${branch}`),
  ]);
  if (!local.ok || fetched?.ok !== true) {
    return local.ok ? local.value : fetched?.ok === true ? fetched.value : undefined;
  }
  return (await git.isAncestor(local.value, fetched.value)) ? fetched.value : local.value;
}

/** The branch that holds the catalog is not in this clone: fetched by nobody yet, or yet to be made. */
export function catalogNotHere(branch: string, severity: 'error' | 'warning'): Diagnostic {
  return {
    code: 'SK2214',
    severity,
    message: `the branch ${branch}, which holds the catalog, is not in this clone`,
    hint: `fetch it: git fetch origin ${branch}:refs/remotes/origin/${branch}; before the first reconcile there is none`,
    failure: 'stalled',
  };
}
