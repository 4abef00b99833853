import { openJournal, openRunOwners, type Workspace } from '../compose.ts';
import { readLeases } from '../engine/lease/lease-book.ts';
import type { Invocation } from './command.ts';
import { newRunId } from './run-identity.ts';
import type { CatalogTarget } from './target-branch.ts';

/**
 * Clears up after runs of this clone that were killed, where a reconcile finds nothing left to do: their leases go, and
 * `status` no longer tells of them. A run in another container may be at work, and is left alone.
 */
export async function settleInterrupted(
  invocation: Invocation,
  workspace: Workspace,
  { remote, operationTimeoutMs }: Pick<CatalogTarget, 'remote' | 'operationTimeoutMs'>,
): Promise<void> {
  const journal = await openJournal(workspace);
  const interrupted = await journal.interrupted();
  if (interrupted.length === 0 || interrupted.some(({ process }) => process !== 'ended')) {
    return;
  }
  const { git } = workspace;
  const limits = { timeoutMs: operationTimeoutMs, signal: invocation.signal };
  const book = await readLeases(git, remote, limits);
  if (!book.ok) {
    return;
  }
  const runs = new Set(interrupted.map(({ run }) => run));
  const owners = await openRunOwners();
  for (const { lease, reference, commit } of book.value.leases) {
    if (!runs.has(lease.id) || !(await owners.isDead(lease.owner))) {
      continue;
    }
    const removed = await git.updateReferences(
      remote,
      [{ reference, expected: commit, next: undefined }],
      limits,
    );
    if (!removed.ok) {
      return;
    }
  }
  const now = new Date();
  const run = newRunId(now);
  const settled = await journal.open(run);
  if (settled.ok) {
    settled.value.append({ type: 'run-started', at: now.toISOString(), run });
    settled.value.append({ type: 'run-finished', at: now.toISOString(), outcome: 'succeeded' });
    await settled.value.close();
  }
}
