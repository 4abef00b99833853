import type { Workspace } from '../compose.ts';
import { type Result, success } from '../model/result.ts';
import type { Invocation } from './command.ts';
import type { OpenedDesired } from './plan-view.ts';
import type { CatalogTarget } from './target-branch.ts';

/**
 * Removes the branch of an open proposal that nobody wants any more: the catalog of its base is what the desired state
 * asks for. Says whether it did. Somebody who changed the branch meanwhile keeps it.
 */
export async function withdrawProposal(
  invocation: Invocation,
  { git }: Workspace,
  { proposal, remote, tip, operationTimeoutMs }: CatalogTarget,
  desired: OpenedDesired,
): Promise<Result<boolean>> {
  if (proposal?.open === undefined || remote === undefined) {
    return success(false);
  }
  const view = await desired.plan(tip ?? null);
  if (!view.ok) {
    return view;
  }
  if (view.value.made.plan.changes.length > 0) {
    return success(false);
  }
  const reference = `refs/heads/${proposal.branch}`;
  const removed = await git.updateReferences(
    remote,
    [{ reference, expected: proposal.open, next: undefined }],
    { timeoutMs: operationTimeoutMs, signal: invocation.signal },
  );
  if (!removed.ok) {
    return removed;
  }
  if (removed.value.status === 'updated' && invocation.output === 'text') {
    invocation.stderr(`pull request: ${proposal.branch} is removed, as nothing is left to propose\n`);
  }
  return success(true);
}
