import { loadContentsOfKinds, type Workspace } from '../../compose.ts';
import { readNamedFiles } from '../../engine/plan/named-files.ts';
import type { NamedFile } from '../../engine/source/source-tree.ts';
import { counted } from '../../model/counted.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Command } from '../command.ts';
import { contentsContext } from '../completed-plan.ts';
import { exitCodes } from '../exit-code.ts';
import { type DesiredState, readDesiredState } from '../loaded-state.ts';
import { reportDiagnostics } from '../report.ts';
import { desiredOptions } from '../target-options.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';

export const command: Command = {
  name: 'validate',
  summary: 'check every spec and profile; all findings in one go',
  argumentsText: '',
  options: desiredOptions,
  arguments: { least: 0, most: 0 },
  outputs: ['json', 'sarif', 'github', 'gitlab', 'junit'],
  details: ['Exits with 3 where something is invalid. Warnings alone exit with 0.'],
  run: (invocation) =>
    withWorkspace(invocation, async (workspace) => {
      const state = await readDesiredState(workspace, {
        ref: invocation.text('ref'),
        worktree: invocation.flag('worktree'),
      });
      if (!state.ok) {
        return failWith(invocation, state.diagnostics);
      }
      const files = await readNamedFiles(state.value.source, state.value.resources);
      if (!files.ok) {
        return failWith(invocation, files.diagnostics);
      }
      const contents = await contentsFindings(workspace, state.value, files.value);
      if (contents.some(({ severity }) => severity === 'error')) {
        return failWith(invocation, [...state.value.desired.warnings, ...contents]);
      }
      await reportDiagnostics(invocation, [...state.value.desired.warnings, ...contents]);
      if (invocation.output === 'text') {
        const { length } = state.value.desired.documents;
        invocation.stdout(`valid: ${counted(length, 'document')}\n`);
      }
      return exitCodes.ok;
    }),
};

/** What is wrong in the files that lists are read from. */
async function contentsFindings(
  workspace: Workspace,
  { desired, resources }: DesiredState,
  files: ReadonlyMap<string, NamedFile>,
): Promise<readonly Diagnostic[]> {
  const kinds = await loadContentsOfKinds(
    resources.map(({ identity }) => identity.kind),
    workspace,
  );
  const findings: Diagnostic[] = [];
  for (const { kind, check } of kinds) {
    findings.push(...(await check(contentsContext({ resources, files }, kind, desired.repository.spec))));
  }
  return findings;
}
