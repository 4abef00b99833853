import { entriesOf } from '../../allow-list/effective-set.ts';
import { entryRecord, serviceText } from '../../allow-list/entry-record.ts';
import { scopeText } from '../../allow-list/entry-summary.ts';
import { isAlwaysDenied } from '../../allow-list/is-always-denied.ts';
import { isInScope, type ScopeChoice } from '../../allow-list/scope.ts';
import type { Workspace } from '../../compose.ts';
import type { AllowEntry } from '../../model/allow-list.ts';
import { counted } from '../../model/counted.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { Invocation } from '../command.ts';
import { jsonText } from '../render/json-text.ts';
import { printable } from '../render/printable.ts';
import { textTable } from '../render/text-table.ts';
import { openList, splitListName } from './open-list.ts';

/** The entries of a list in force, as text or JSON. Those of the repository's always-deny groups only where asked for. */
export async function showList(
  invocation: Invocation,
  workspace: Workspace,
  argument: string,
  scope: ScopeChoice,
): Promise<Result<string>> {
  const split = splitListName(argument);
  if (!split.ok) {
    return split;
  }
  const list = await openList(workspace, split.value.name);
  if (!list.ok) {
    return list;
  }
  const revision = await list.value.revision(split.value.revision);
  const text = revision.ok ? await list.value.setText(revision.value) : revision;
  if (!revision.ok || !text.ok) {
    return text.ok ? failure(...(revision.ok ? [] : revision.diagnostics)) : text;
  }
  const withDenied = invocation.flag('all');
  const all = entriesOf(text.value);
  const denied = all.filter(isAlwaysDenied).length;
  const entries = all.filter(
    (entry) => (withDenied || !isAlwaysDenied(entry)) && (hasNoScope(scope) || isInScope(entry, scope)),
  );
  const { name, revision: number, createdAt, validUntil, set } = revision.value;
  return success(
    invocation.output === 'json'
      ? jsonText({
          formatVersion: 1,
          name,
          revision: number,
          createdAt,
          validUntil,
          set,
          entries: entries.map(entryRecord),
        })
      : `${textTable([tableHead, ...entries.map(rowOf)])}${name}: revision ${number} of ${createdAt}, ${counted(all.length - denied, 'entry', 'entries')} in force and ${denied} always denied${validUntil === null ? '' : `, until ${validUntil}`}\n`,
  );
}

const tableHead = ['EFFECT', 'MATCH', 'VALUE', 'ON', 'UNTIL', 'LIST', 'REASON'];

function rowOf(entry: AllowEntry): readonly string[] {
  const { effect, match, expiresAt, list, reason, scope } = entry;
  return [
    effect,
    match.kind,
    match.value,
    serviceText(entry),
    expiresAt ?? '-',
    list,
    `${printable(reason)}${printable(scopeText(scope))}`,
  ];
}

function hasNoScope({ runProfile, pool, sample }: ScopeChoice): boolean {
  return runProfile === undefined && pool === undefined && sample === undefined;
}
