import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { interruptedRuns, interruptedText } from '../interrupted-runs.ts';
import { planView } from '../open-plan.ts';
import type { KnownImages, PlanView } from '../plan-view.ts';
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
      const view = await planView(workspace, {});
      if (!view.ok) {
        return failWith(invocation, view.diagnostics);
      }
      const rows = statusRows(view.value, await view.value.images());
      const { head } = view.value;
      const interrupted = await interruptedRuns(workspace);
      if (invocation.output === 'json') {
        invocation.stdout(jsonText({ formatVersion: 1, head, images: rows, interruptedRuns: interrupted }));
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
      invocation.stdout(interruptedText(interrupted));
      return exitCodes.ok;
    }),
};

function statusRows({ made }: PlanView, { wanted, active }: KnownImages): readonly StatusRow[] {
  const changes = new Map(made.plan.changes.map((change) => [change.resource.name, change]));
  const names = [...new Set([...wanted.keys(), ...active.keys()])].sort();
  return names.map((name) => {
    const change = changes.get(name);
    const common = {
      name,
      active: active.get(name) ?? null,
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
