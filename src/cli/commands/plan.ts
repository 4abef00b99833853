import { resolve } from 'node:path';
import type { Command, Invocation } from '../command.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exit-code.ts';
import { planView } from '../open-plan.ts';
import type { PlanView } from '../plan-view.ts';
import { jsonText } from '../render/json-text.ts';
import { planText } from '../render/plan-text.ts';
import { reportDiagnostics } from '../report.ts';
import { desiredOptions, targetOptions } from '../target-options.ts';
import { targetedPlan } from '../targeted-plan.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';
import { writeText } from '../write-text.ts';

export const command: Command = {
  name: 'plan',
  summary: 'show what has to happen, from git alone',
  argumentsText: '',
  options: {
    ...desiredOptions,
    ...targetOptions,
    'detailed-exitcode': { type: 'boolean', help: 'exit with 2 where there are changes' },
    out: { type: 'string', value: 'FILE', help: 'save the plan for sandkiln reconcile --plan FILE' },
  },
  arguments: { least: 0, most: 0 },
  outputs: ['json'],
  details: [
    'Nothing of the repository is executed, nothing is written, and no network is used.',
    'Signs: + create, ~ rebuild, ^ supersede, - retire, ? only if a parent gives a new tree or a list a new revision.',
  ],
  run: (invocation) =>
    withWorkspace(invocation, async (workspace) => {
      const view = await planView(workspace, {
        ref: invocation.text('ref'),
        worktree: invocation.flag('worktree'),
      });
      return view.ok ? showPlan(invocation, view.value) : failWith(invocation, view.diagnostics);
    }),
};

async function showPlan(invocation: Invocation, view: PlanView): Promise<ExitCode> {
  const plan = await targetedPlan(view, invocation);
  if (!plan.ok) {
    return failWith(invocation, plan.diagnostics);
  }
  const diagnostics = [...view.warnings, ...view.made.diagnostics];
  const json = () => jsonText({ ...plan.value, diagnostics });
  invocation.stdout(invocation.output === 'json' ? json() : planText(plan.value));
  if (invocation.output === 'text') {
    await reportDiagnostics(invocation, diagnostics);
  }
  const out = invocation.text('out');
  if (out !== undefined) {
    const saved = await writeText(resolve(invocation.directory, out), jsonText({ ...plan.value }));
    if (!saved.ok) {
      return failWith(invocation, saved.diagnostics);
    }
  }
  const failed = exitCodeOf(diagnostics);
  if (failed !== exitCodes.ok) {
    return failed;
  }
  const hasChanges = plan.value.changes.some((change) => change.stalled === null);
  return invocation.flag('detailed-exitcode') && hasChanges ? exitCodes.changesPresent : exitCodes.ok;
}
