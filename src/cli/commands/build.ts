import { join, resolve } from 'node:path';
import type { Command } from '../command.ts';
import { exitCodeOf, exitCodes } from '../exit-code.ts';
import { planState } from '../loaded-state.ts';
import { jsonText } from '../render/json-text.ts';
import { buildOptions, runBuild } from '../run-build.ts';
import { runExitCode } from '../run-exit-code.ts';
import { desiredOptions, targetedPlan, targetOptions } from '../target-options.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';
import { writeText } from '../write-text.ts';

/** File of the results folder that `record` reads. */
export const resultFileName = 'result.json';

export const command: Command = {
  name: 'build',
  summary: 'carry the plan out up to results that record can sign; needs no key',
  argumentsText: '',
  options: {
    ref: desiredOptions.ref,
    ...targetOptions,
    ...buildOptions,
    out: { type: 'string', value: 'DIR', help: 'folder for the results; default sandkiln-results' },
  },
  arguments: { least: 0, most: 0 },
  outputs: ['json'],
  details: [
    'Artifacts go into the store; the folder holds what sandkiln record DIR needs to sign and commit.',
  ],
  run: (invocation) =>
    withWorkspace(invocation, async (workspace) => {
      const state = await planState(workspace, { ref: invocation.text('ref') });
      if (!state.ok) {
        return failWith(invocation, state.diagnostics);
      }
      const { made } = state.value;
      if (exitCodeOf(made.diagnostics) !== exitCodes.ok) {
        return failWith(invocation, made.diagnostics);
      }
      const plan = targetedPlan(state.value, invocation);
      if (!plan.ok) {
        return failWith(invocation, plan.diagnostics);
      }
      const built = await runBuild(
        invocation,
        workspace,
        state.value,
        plan.value,
        async ({ result }) => result,
      );
      if (!built.ok) {
        return failWith(invocation, built.diagnostics);
      }
      const folder = resolve(invocation.directory, invocation.text('out') ?? 'sandkiln-results');
      const written = await writeText(join(folder, resultFileName), jsonText(built.value));
      if (!written.ok) {
        return failWith(invocation, written.diagnostics);
      }
      if (invocation.output === 'text') {
        invocation.stdout(`build: ${built.value.outcome}; results in ${folder}\n`);
      }
      const stalled = plan.value.changes.filter((change) => change.stalled !== null).length;
      return runExitCode(built.value, stalled);
    }),
};
