import { entriesOf } from '../../allow-list/effective-set.ts';
import { entryRecord } from '../../allow-list/entry-record.ts';
import { normaliseHostName } from '../../allow-list/host-name.ts';
import { isAlwaysDenied } from '../../allow-list/is-always-denied.ts';
import type { Workspace } from '../../compose.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { Invocation } from '../command.ts';
import { jsonText } from '../render/json-text.ts';
import { printable } from '../render/printable.ts';
import { textTable } from '../render/text-table.ts';
import { entryText } from './diff-revisions.ts';
import { findOrigins } from './find-origin.ts';
import { openList, splitListName } from './open-list.ts';

/** For every entry in force, or those whose value holds a text: since which revision, by which commit and person. */
export async function blameEntries(
  invocation: Invocation,
  workspace: Workspace,
  [argument = '', wanted]: readonly string[],
): Promise<Result<string>> {
  const split = splitListName(argument);
  const list = split.ok ? await openList(workspace, split.value.name) : split;
  if (!split.ok || !list.ok) {
    return list.ok ? failure(...(split.ok ? [] : split.diagnostics)) : list;
  }
  const revision = await list.value.revision(split.value.revision);
  const set = revision.ok ? await list.value.setText(revision.value) : revision;
  if (!revision.ok || !set.ok) {
    return set.ok ? failure(...(revision.ok ? [] : revision.diagnostics)) : set;
  }
  const part = wanted === undefined ? undefined : inNormalForm(wanted);
  const withDenied = invocation.flag('all');
  const entries = entriesOf(set.value).filter(
    (entry) =>
      (withDenied || !isAlwaysDenied(entry)) && (part === undefined || entry.match.value.includes(part)),
  );
  const origins = await findOrigins(workspace.git, list.value, revision.value.revision, entries);
  if (!origins.ok) {
    return origins;
  }
  const told = entries.map((entry) => ({ entry, origin: origins.value.get(entry) }));
  if (invocation.output === 'json') {
    const { name, revision: number } = revision.value;
    return success(
      jsonText({
        formatVersion: 1,
        name,
        revision: number,
        entries: told.map(({ entry, origin }) => ({ ...entryRecord(entry), origin: origin ?? null })),
      }),
    );
  }
  const rows = told.map(({ entry, origin }) => {
    const commit = origin?.commits.at(-1);
    return [
      origin === undefined ? '-' : `r${origin.revision}`,
      origin?.since.slice(0, 10) ?? '-',
      commit?.id.slice(0, 12) ?? '-',
      printable(commit?.author ?? '-'),
      entryText(entry),
    ];
  });
  return success(textTable([['SINCE', 'DATE', 'COMMIT', 'AUTHOR', 'ENTRY'], ...rows]));
}

/** A name, or some labels of one, as entries hold it; other text as it is. */
function inNormalForm(text: string): string {
  const name = normaliseHostName(text);
  return name.ok ? name.name : text.toLowerCase();
}
