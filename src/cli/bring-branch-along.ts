import { openClock, type Workspace } from '../compose.ts';
import { catalogFolder } from '../engine/catalog/paths.ts';
import { finishLocalBranch, type LocalBranch } from '../engine/write-back/bring-local-branch.ts';
import type { Invocation } from './command.ts';
import { reportDiagnostics } from './report.ts';
import type { CatalogTarget } from './target-branch.ts';

/**
 * Brings the local branch along where a run was killed between its push and that, and says so. A proposal takes no local
 * branch along.
 */
export async function bringBranchAlong(
  invocation: Invocation,
  { git }: Workspace,
  { branch, remote, tip, proposal }: CatalogTarget,
): Promise<void> {
  if (proposal !== undefined) {
    return;
  }
  const options = {
    git,
    branch,
    folder: catalogFolder,
    clock: await openClock(),
    emit: (event) => {
      if (event.type === 'diagnostic') {
        void reportDiagnostics(invocation, [event.diagnostic]);
      }
    },
  } satisfies LocalBranch;
  const hasMoved = await finishLocalBranch(options, remote === undefined ? undefined : tip);
  if (hasMoved && invocation.output === 'text') {
    invocation.stderr(`local branch ${branch} was behind the records of ${remote} and is brought along\n`);
  }
}
