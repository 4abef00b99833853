import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { planState } from '../loaded-state.ts';
import { plannedActions } from '../planned-actions.ts';
import { graphDot, graphMermaid, graphText } from '../render/graph-text.ts';
import { jsonText } from '../render/json-text.ts';
import { desiredOptions, targetedPlan, targetOptions } from '../target-options.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';

const forms = { text: graphText, dot: graphDot, mermaid: graphMermaid } as const;

export const command: Command = {
  name: 'graph',
  summary: 'show the actions that the plan leads to and what each waits for',
  argumentsText: '',
  options: {
    ...desiredOptions,
    ...targetOptions,
    format: { type: 'string', value: 'FORM', help: 'text (default), dot or mermaid' },
  },
  arguments: { least: 0, most: 0 },
  outputs: ['json'],
  details: ['Example: sandkiln graph --format dot | dot -Tsvg > graph.svg'],
  run: (invocation) =>
    withWorkspace(invocation, async (workspace) => {
      const format = invocation.text('format') ?? 'text';
      if (!isForm(format)) {
        invocation.stderr(`error: --format ${format} is not one of ${Object.keys(forms).join(', ')}\n`);
        return exitCodes.error;
      }
      const state = await planState(workspace, {
        ref: invocation.text('ref'),
        worktree: invocation.flag('worktree'),
      });
      if (!state.ok) {
        return failWith(invocation, state.diagnostics);
      }
      const plan = targetedPlan(state.value, invocation);
      if (!plan.ok) {
        return failWith(invocation, plan.diagnostics);
      }
      const actions = await plannedActions(state.value, plan.value);
      if (!actions.ok) {
        return failWith(invocation, actions.diagnostics);
      }
      const text = () => forms[format](actions.value);
      invocation.stdout(
        invocation.output === 'json' ? jsonText({ formatVersion: 1, actions: actions.value }) : text(),
      );
      return exitCodes.ok;
    }),
};

function isForm(text: string): text is keyof typeof forms {
  return Object.hasOwn(forms, text);
}
