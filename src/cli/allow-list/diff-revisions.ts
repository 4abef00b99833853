import { changesetOf } from '../../allow-list/changeset.ts';
import { changesetRecord, entryRecord } from '../../allow-list/entry-record.ts';
import { entrySummary } from '../../allow-list/entry-summary.ts';
import { isAlwaysDenied } from '../../allow-list/is-always-denied.ts';
import type { Workspace } from '../../compose.ts';
import type { AllowEntry, AllowListChangeset } from '../../model/allow-list.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { Invocation } from '../command.ts';
import { jsonText } from '../render/json-text.ts';
import { printable } from '../render/printable.ts';
import { type OpenedList, openList, parseRevisionNumber } from './open-list.ts';

/**
 * What leads from one revision of a list to another: from the one before to the newest where none is named, and from a
 * named one to the newest where the second is missing. What is always denied only with --all.
 */
export async function diffRevisions(
  invocation: Invocation,
  workspace: Workspace,
  [name = '', from, to]: readonly string[],
): Promise<Result<string>> {
  const list = await openList(workspace, name);
  if (!list.ok) {
    return list;
  }
  const newest = list.value.state.revision;
  const last = to === undefined ? success(newest) : parseRevisionNumber(to);
  const first = from === undefined ? success(newest - 1) : parseRevisionNumber(from);
  if (!last.ok || !first.ok) {
    return last.ok ? (first.ok ? success('') : first) : last;
  }
  const [before, after] = [await textOf(list.value, first.value), await textOf(list.value, last.value)];
  if (!before.ok || !after.ok) {
    return failure(...(before.ok ? [] : before.diagnostics), ...(after.ok ? [] : after.diagnostics));
  }
  const whole = changesetOf(before.value, after.value);
  const changeset = invocation.flag('all') ? whole : withoutAlwaysDenied(whole);
  const hidden = countOf(whole) - countOf(changeset);
  return success(
    invocation.output === 'json'
      ? jsonText({
          formatVersion: 1,
          name,
          from: first.value === 0 ? null : first.value,
          to: last.value,
          ...changesetRecord(changeset),
        })
      : `${changesetText(changeset)}${name}: revision ${first.value} → ${last.value}: ${changeset.added.length} added, ${changeset.removed.length} removed, ${changeset.changed.length} changed${hidden === 0 ? '' : `; and ${hidden} of what is always denied (--all)`}\n`,
  );
}

function withoutAlwaysDenied({ added, removed, changed }: AllowListChangeset): AllowListChangeset {
  return {
    added: added.filter((entry) => !isAlwaysDenied(entry)),
    removed: removed.filter((entry) => !isAlwaysDenied(entry)),
    changed: changed.filter(({ after }) => !isAlwaysDenied(after)),
  };
}

function countOf({ added, removed, changed }: AllowListChangeset): number {
  return added.length + removed.length + changed.length;
}

/** Before the first revision there was nothing. */
async function textOf(list: OpenedList, number: number): Promise<Result<string>> {
  if (number === 0) {
    return success('');
  }
  const revision = await list.revision(number);
  return revision.ok ? list.setText(revision.value) : revision;
}

function changesetText({ added, removed, changed }: AllowListChangeset): string {
  return [
    ...removed.map((entry) => `- ${entryText(entry)}\n`),
    ...added.map((entry) => `+ ${entryText(entry)}\n`),
    ...changed.map(({ before, after }) => `~ ${entryText(after)}\n${fieldChanges(before, after)}`),
  ].join('');
}

export function entryText(entry: AllowEntry): string {
  const { expiresAt, list, reason } = entry;
  const until = expiresAt === undefined ? '' : ` until ${expiresAt}`;
  return `${printable(entrySummary(entry))}${until} (${list}: ${printable(reason)})`;
}

function fieldChanges(before: AllowEntry, after: AllowEntry): string {
  const [old, new_] = [Object.entries(entryRecord(before)), Object.entries(entryRecord(after))];
  const olds = new Map(old);
  const news = new Map(new_);
  return [...new Set([...olds.keys(), ...news.keys()])]
    .filter((field) => olds.get(field) !== news.get(field) && field !== 'scope')
    .map(
      (field) =>
        `    ${field}: ${printable(String(olds.get(field) ?? '-'))} → ${printable(String(news.get(field) ?? '-'))}\n`,
    )
    .join('');
}
