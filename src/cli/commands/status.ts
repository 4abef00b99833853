import { allowListKindName } from '../../kinds/allow-list/kind-name.ts';
import { imageKind } from '../../kinds/sandbox-image-spec/image-plan.ts';
import type { Change } from '../../model/plan.ts';
import { identityText } from '../../model/resource.ts';
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
  readonly kind: string;
  readonly name: string;
  readonly active: string | null;
  readonly desired: string | null;
  readonly state: 'ready' | 'pending' | 'conditional' | 'waiting' | 'failed' | 'retired' | 'to retire';
  readonly message: string;
}

export const command: Command = {
  name: 'status',
  summary: 'show every allow-list and image: what is active, what is wanted, what is in the way',
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
        invocation.stdout(
          jsonText({ formatVersion: 1, head, ...byKind(rows), interruptedRuns: interrupted }),
        );
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

function statusRows({ made }: PlanView, { wanted, active, allowLists }: KnownImages): readonly StatusRow[] {
  const changes = new Map(made.plan.changes.map((change) => [identityText(change.resource), change]));
  const row = (kind: string, name: string, current: string | null, desired: string | null) =>
    statusRow({ kind, name, active: current, desired }, changes.get(identityText({ kind, name })));
  return [
    ...sorted(allowLists.wanted, allowLists.active).map((name) => {
      const current = allowLists.active.get(name) ?? null;
      const change = changes.get(identityText({ kind: allowListKindName, name }));
      const desired = allowLists.wanted.has(name) ? (change?.to ?? current) : null;
      return row(allowListKindName, name, current, desired);
    }),
    ...sorted(wanted, active).map((name) =>
      row(imageKind, name, active.get(name) ?? null, wanted.get(name) ?? null),
    ),
  ];
}

/** JSON has a list a kind. */
function byKind(rows: readonly StatusRow[]) {
  const of = (wanted: string) =>
    rows.filter(({ kind }) => kind === wanted).map(({ kind: _kind, ...row }) => row);
  return { images: of(imageKind), allowLists: of(allowListKindName) };
}

function sorted(
  wanted: Pick<ReadonlySet<string>, 'keys'>,
  active: ReadonlyMap<string, unknown>,
): readonly string[] {
  return [...new Set([...wanted.keys(), ...active.keys()])].sort();
}

function statusRow(
  common: Pick<StatusRow, 'kind' | 'name' | 'active' | 'desired'>,
  change: Change | undefined,
): StatusRow {
  if (change === undefined) {
    return { ...common, state: common.active === null ? 'retired' : 'ready', message: '' };
  }
  if (change.stalled !== null) {
    const { run, diagnostics } = change.stalled;
    const why = diagnostics[0]?.message ?? '';
    return run === null
      ? { ...common, state: 'waiting', message: why }
      : { ...common, state: 'failed', message: `run ${run}: ${why}` };
  }
  const message = change.reasons.map((reason) => reason.text).join('; ');
  const state =
    change.type === 'retire' ? 'to retire' : change.conditionalOn === null ? 'pending' : 'conditional';
  return { ...common, state, message };
}
