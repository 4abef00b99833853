import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { type PlannedState, planState } from '../loaded-state.ts';
import { jsonText } from '../render/json-text.ts';
import { printable } from '../render/printable.ts';
import { textTable } from '../render/text-table.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';

interface StatusRow {
  readonly name: string;
  readonly active: string | null;
  readonly desired: string | null;
  readonly state: 'ready' | 'pending' | 'conditional' | 'failed' | 'retired' | 'to retire';
  readonly message: string;
}

export const command: Command = {
  name: 'status',
  summary: 'show every image: what is active, what is wanted, what is in the way',
  argumentsText: '',
  options: {},
  arguments: { least: 0, most: 0 },
  outputs: ['json'],
  details: [],
  run: (invocation) =>
    withWorkspace(invocation, async (workspace) => {
      const state = await planState(workspace, {});
      if (!state.ok) {
        return failWith(invocation, state.diagnostics);
      }
      const rows = statusRows(state.value);
      const head = state.value.catalog.head?.head ?? null;
      if (invocation.output === 'json') {
        invocation.stdout(jsonText({ formatVersion: 1, head, images: rows }));
        return exitCodes.ok;
      }
      const table = rows.map((row) => [
        row.name,
        row.active ?? '-',
        row.desired ?? '-',
        row.state,
        printable(row.message),
      ]);
      invocation.stdout(textTable([['NAME', 'ACTIVE', 'WANTED', 'STATE', 'MESSAGE'], ...table]));
      invocation.stdout(
        head === null ? 'catalog: empty\n' : `catalog: head ${head.counter}, good until ${head.expiresAt}\n`,
      );
      return exitCodes.ok;
    }),
};

function statusRows({ made, view, resources }: PlannedState): readonly StatusRow[] {
  const changes = new Map(made.plan.changes.map((change) => [change.resource.name, change]));
  const images = resources.filter((resource) => resource.identity.kind === 'SandboxImageSpec');
  const wanted = new Map(images.map((image) => [image.identity.name, String(image.spec['version'])]));
  const names = [...new Set([...wanted.keys(), ...view.states.keys()])].sort();
  return names.map((name) => {
    const change = changes.get(name);
    const common = {
      name,
      active: view.states.get(name)?.active ?? null,
      desired: wanted.get(name) ?? null,
    };
    if (change === undefined) {
      return common.active === null
        ? { ...common, state: 'retired', message: '' }
        : { ...common, state: 'ready', message: '' };
    }
    if (change.stalled !== null) {
      const why = change.stalled.diagnostics[0]?.message ?? '';
      return { ...common, state: 'failed', message: `run ${change.stalled.run}: ${why}` };
    }
    const message = change.reasons.map((reason) => reason.text).join('; ');
    const state =
      change.type === 'retire' ? 'to retire' : change.conditionalOn === null ? 'pending' : 'conditional';
    return { ...common, state, message };
  });
}
