import type { Workspace } from '../compose.ts';
import type { ResourceIdentity } from '../model/resource.ts';
import { type Result, success } from '../model/result.ts';
import type { Command, Invocation } from './command.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { findResource } from './find-resource.ts';
import { readDesiredState } from './loaded-state.ts';
import { planView } from './open-plan.ts';
import { failWith, withWorkspace } from './with-workspace.ts';
import { decisionOptions, writeDecision } from './write-decision.ts';

/** A command that decides something about a resource, whatever its changes are. */
export function resourceDecision(
  type: 'hold' | 'resume',
  { summary, details }: Pick<Command, 'summary' | 'details'>,
): Command {
  return {
    name: type,
    summary,
    argumentsText: 'NAME',
    options: decisionOptions,
    arguments: { least: 1, most: 1 },
    outputs: ['json'],
    details,
    run: (invocation) => withWorkspace(invocation, (workspace) => decide(type, invocation, workspace)),
  };
}

async function decide(
  type: 'hold' | 'resume',
  invocation: Invocation,
  workspace: Workspace,
): Promise<ExitCode> {
  const known = await knownResources(workspace);
  const resource = known.ok ? findResource(known.value, invocation.positionals[0] ?? '') : known;
  const text = resource.ok
    ? await writeDecision(invocation, workspace, { type, resource: resource.value.identity, change: null })
    : resource;
  if (!text.ok) {
    return failWith(invocation, text.diagnostics);
  }
  invocation.stdout(text.value);
  return exitCodes.ok;
}

/** Those that specs describe, and those that the catalog has and a plan would retire. */
async function knownResources(
  workspace: Workspace,
): Promise<Result<readonly { readonly identity: ResourceIdentity }[]>> {
  const state = await readDesiredState(workspace, {});
  const view = state.ok ? await planView(workspace, {}) : state;
  if (!state.ok) {
    return state;
  }
  const retired = (view.ok ? view.value.made.plan.changes : []).filter(({ type }) => type === 'retire');
  return success([...state.value.resources, ...retired.map(({ resource }) => ({ identity: resource }))]);
}
