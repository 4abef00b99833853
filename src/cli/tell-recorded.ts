import { resolve } from 'node:path';
import type { Workspace } from '../compose.ts';
import type { ProposalText } from '../engine/write-back/proposal-text.ts';
import { type Result, success } from '../model/result.ts';
import type { Invocation } from './command.ts';
import { reconcileText } from './render/reconcile-text.ts';
import type { Recorded } from './run-record.ts';
import type { CatalogTarget } from './target-branch.ts';
import { writeText } from './write-text.ts';

/** Says what was recorded, and of a proposal what is to be opened at the forge. */
export async function tellRecorded(
  invocation: Invocation,
  { git }: Workspace,
  { proposal, branch }: CatalogTarget,
  { commit, images, allowLists }: Recorded,
  stalled: number,
  type: 'reconciled' | 'recorded',
): Promise<Result<undefined>> {
  const open = commit ?? proposal?.open;
  const text =
    proposal === undefined || open === undefined
      ? undefined
      : await (await import('../engine/write-back/proposal-text.ts')).proposalText(git, {
          base: branch,
          branch: proposal.branch,
          commit: open,
        });
  const file = invocation.text('pull-request-body');
  if (text !== undefined && file !== undefined) {
    const written = await writeText(resolve(invocation.directory, file), `${text.title}\n\n${text.body}`);
    if (!written.ok) {
      return written;
    }
  }
  if (invocation.output === 'json') {
    const summary = { type, formatVersion: 1, commit: commit ?? null, stalled, images, allowLists };
    invocation.stdout(
      `${JSON.stringify(text === undefined ? summary : { ...summary, pullRequest: text })}\n`,
    );
    return success(undefined);
  }
  invocation.stdout(reconcileText({ commit, images, allowLists }, stalled));
  if (text !== undefined) {
    invocation.stdout(pullRequestLine(text, commit !== undefined));
  }
  return success(undefined);
}

function pullRequestLine({ base, branch, title }: ProposalText, isNew: boolean): string {
  return `pull request: ${branch} → ${base} ${isNew ? 'is pushed' : 'is as it was'}; open it, if it is not open: "${title}"\n`;
}
