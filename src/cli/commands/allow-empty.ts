import type { Workspace } from '../../compose.ts';
import { identityText } from '../../model/resource.ts';
import { failure, success } from '../../model/result.ts';
import type { Command, Invocation } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { planView } from '../open-plan.ts';
import { desiredOptions } from '../target-options.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';
import { decisionOptions, writeDecision } from '../write-decision.ts';

export const command: Command = {
  name: 'allow-empty',
  summary: 'let the planned change of an allow-list leave it without any entry that allows something',
  argumentsText: 'NAME',
  options: { ...decisionOptions, ...desiredOptions },
  arguments: { least: 1, most: 1 },
  outputs: ['json'],
  details: [
    [
      'The decision is a signed file below decisions/, bound to the change that the plan shows now: another edit of the list',
      'needs another one. It counts once it is committed. The key needs the role approver.',
    ].join(' '),
  ],
  run: (invocation) => withWorkspace(invocation, (workspace) => allowEmpty(invocation, workspace)),
};

async function allowEmpty(invocation: Invocation, workspace: Workspace): Promise<ExitCode> {
  const [name = ''] = invocation.positionals;
  const view = await planView(workspace, {
    ref: invocation.text('ref'),
    worktree: invocation.flag('worktree'),
  });
  if (!view.ok) {
    return failWith(invocation, view.diagnostics);
  }
  const wanted = name.includes('/') ? name : identityText({ kind: 'AllowList', name });
  const waiting = view.value.made.plan.changes.find(
    ({ resource, stalled }) =>
      identityText(resource) === wanted &&
      stalled?.diagnostics.some(({ code }) => code === 'SK3403') === true,
  );
  const change =
    waiting === undefined
      ? failure({
          code: 'SK9044',
          severity: 'error',
          message: `the plan has no change that leaves ${name} empty and waits for a decision`,
          hint: 'see the plan with `sandkiln plan`; edits that no commit holds are seen with --worktree',
        })
      : success(waiting);
  const text = change.ok
    ? await writeDecision(invocation, workspace, {
        type: 'allow-empty',
        resource: change.value.resource,
        change: change.value.digest,
      })
    : change;
  if (!text.ok) {
    return failWith(invocation, text.diagnostics);
  }
  invocation.stdout(text.value);
  return exitCodes.ok;
}
