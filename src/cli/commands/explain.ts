import { explainResource } from '../../engine/desired/explain.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { findResource } from '../find-resource.ts';
import { readDesiredState } from '../loaded-state.ts';
import { jsonText } from '../render/json-text.ts';
import { printable } from '../render/printable.ts';
import { textTable } from '../render/text-table.ts';
import { desiredOptions } from '../target-options.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';

export const command: Command = {
  name: 'explain',
  summary: 'show each resolved value of a resource and where it comes from',
  argumentsText: '[KIND/]NAME',
  options: {
    ...desiredOptions,
    why: {
      type: 'boolean',
      help: 'show instead which actions would run, and what differs from their last run',
    },
    stage: {
      type: 'string',
      value: 'STAGE',
      help: 'with --why: only this stage, with all inputs of its key',
    },
  },
  arguments: { least: 1, most: 1 },
  outputs: ['json'],
  details: [
    'Examples: sandkiln explain debian-12-lab\n          sandkiln explain --why debian-12-lab --stage bootstrap',
  ],
  run: (invocation) =>
    withWorkspace(invocation, async (workspace) => {
      if (invocation.flag('why')) {
        const { explainWhy } = await import('../explain-why.ts');
        return explainWhy(invocation, workspace, {
          ref: invocation.text('ref'),
          worktree: invocation.flag('worktree'),
        });
      }
      const state = await readDesiredState(workspace, {
        ref: invocation.text('ref'),
        worktree: invocation.flag('worktree'),
      });
      if (!state.ok) {
        return failWith(invocation, state.diagnostics);
      }
      const resource = findResource(state.value.resources, invocation.positionals[0] ?? '');
      if (!resource.ok) {
        return failWith(invocation, resource.diagnostics);
      }
      const values = explainResource(resource.value);
      const { identity, digest } = resource.value;
      if (invocation.output === 'json') {
        invocation.stdout(jsonText({ formatVersion: 1, ...identity, digest, values }));
        return exitCodes.ok;
      }
      const rows = values.map(({ pointer, value, from, file, line, column }) => [
        pointer.slice(1).replaceAll('/', '.'),
        shorten(printable(JSON.stringify(value))),
        line === undefined ? from : `${from}  ${file}:${line}:${column}`,
      ]);
      invocation.stdout(`${identity.kind}/${identity.name}  ${digest}\n${textTable(rows)}`);
      return exitCodes.ok;
    }),
};

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
