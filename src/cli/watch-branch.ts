import type { CommitId } from '../adapters/git/git.ts';
import type { Workspace } from '../compose.ts';
import type { DesiredWatch } from '../engine/build/watch-desired.ts';
import type { Plan } from '../model/plan.ts';
import type { Invocation } from './command.ts';
import { type DesiredBranch, newestDesired, wantedAt } from './wanted-changes.ts';

/**
 * Watches the branch of the desired state for what makes a plan pointless: one fetch of that branch a look where there
 * is a remote. What cannot be fetched or planned withdraws nothing.
 */
export function watchBranch(
  workspace: Workspace,
  branch: DesiredBranch,
  plan: Plan,
  everyMs: number,
): DesiredWatch {
  return {
    everyMs,
    newest: async (signal) => {
      const newest = await newestDesired(workspace.git, branch, signal);
      return newest.ok ? newest.value : undefined;
    },
    wantedAt: (commit: CommitId) => wantedAt(workspace, plan, commit),
  };
}

/** HEAD's branch, at the remote where there is one. */
export async function branchOfHead({ git }: Workspace, invocation: Invocation): Promise<DesiredBranch> {
  const { branch } = await git.head();
  return {
    remote: invocation.text('remote') ?? (await git.defaultRemote()),
    desiredBranch: branch?.replace('refs/heads/', ''),
    operationTimeoutMs: 60_000,
  };
}
