import { changesetOf, isEmptyChangeset } from '../../allow-list/changeset.ts';
import { allowsSomething, effectiveSet } from '../../allow-list/effective-set.ts';
import { entrySummary } from '../../allow-list/entry-summary.ts';
import { isAlwaysDenied } from '../../allow-list/is-always-denied.ts';
import {
  readAllowListState,
  readCurrentRevision,
  readSetText,
} from '../../engine/catalog/read-allow-list.ts';
import type {
  ContentsContext,
  ContentsOfKind,
  DetailContext,
  DetailedChange,
} from '../../engine/plan/contents.ts';
import type { AllowEntry, AllowListChangeset } from '../../model/allow-list.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Change, Reason } from '../../model/plan.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { inputsKey } from './allow-list-inputs.ts';
import { allowListKindName } from './kind-name.ts';
import { createListReader, entriesOfSet, type ListContents } from './list-contents.ts';
import type { ListSets } from './list-sets.ts';

/** What the entries of lists say: findings for `validate`, and for `plan` the entries that a change adds and removes. */
export function createAllowListContents(sets: ListSets): ContentsOfKind {
  return {
    kind: allowListKindName,
    check,
    detail: (change, context) => detail(change, context, sets),
  };
}

async function check(context: ContentsContext): Promise<readonly Diagnostic[]> {
  const reader = createListReader(context);
  const findings: Diagnostic[] = [];
  for (const resource of context.resources) {
    const contents = await reader.contents(resource);
    findings.push(...(contents.ok ? contents.value.findings() : contents.diagnostics));
  }
  return findings;
}

async function detail(
  change: Change,
  context: DetailContext,
  sets: ListSets,
): Promise<Result<DetailedChange>> {
  const { name } = change.resource;
  const resource = context.resources.find(({ identity }) => identity.name === name);
  const contents: Result<ListContents | undefined> =
    resource === undefined ? success(undefined) : await createListReader(context).contents(resource);
  if (!contents.ok) {
    return contents;
  }
  const before = await setBefore(name, context);
  if (!before.ok) {
    return before;
  }
  const { text, createdAt } = before.value;
  const at = notBefore(context.now, createdAt);
  const set = effectiveSet(
    contents.value === undefined ? [] : entriesOfSet(contents.value, context.policy, at),
  );
  if (contents.value !== undefined) {
    sets.keep(inputsKey(change.inputs), at, set);
  }
  const after = set.text;
  const isEmptied = allowsSomething(text) && !allowsSomething(after);
  // An entry says itself when it ends, so a list that runs empty that way was meant to.
  const needsApproval =
    isEmptied &&
    change.type !== 'expire' &&
    context.decisions.allowsEmpty(change.resource, change.digest) === undefined;
  return success({
    change: {
      ...change,
      reasons: [...change.reasons, ...entryReasons(changesetOf(text, after))],
      stalled: needsApproval ? { run: null, diagnostics: [needsDecision(name)] } : change.stalled,
    },
    diagnostics: contents.value?.findings() ?? [],
  });
}

/** Time as a list sees it never runs backwards: what has expired in a revision stays expired. */
export function notBefore(now: Date, createdAt: string | undefined): string {
  const time = now.toISOString();
  return createdAt !== undefined && createdAt > time ? createdAt : time;
}

async function setBefore(
  name: string,
  { git, store, catalogCommit, unattested }: DetailContext,
): Promise<Result<{ readonly text: string; readonly createdAt: string | undefined }>> {
  const nothing = success({ text: '', createdAt: undefined });
  if (catalogCommit === undefined) {
    return nothing;
  }
  const state = await readAllowListState(git, catalogCommit, name);
  if (!state.ok || state.value === undefined) {
    return state.ok ? nothing : state;
  }
  const read = await readCurrentRevision(git, catalogCommit, state.value);
  if (!read.ok) {
    return read;
  }
  const problems = await unattested(read.value);
  if (problems.length > 0) {
    return failure(...problems);
  }
  const { revision } = read.value;
  const text = await readSetText(git, store, catalogCommit, revision);
  return text.ok ? success({ text: text.value, createdAt: revision.createdAt }) : text;
}

const shownEntries = 50;

function entryReasons(changeset: AllowListChangeset): readonly Reason[] {
  if (isEmptyChangeset(changeset)) {
    return [{ text: 'the entries in force stay the same: no new revision' }];
  }
  const rows = [
    ...changeset.added.filter((entry) => !isAlwaysDenied(entry)).map((entry) => `+ ${entryText(entry)}`),
    ...changeset.removed.filter((entry) => !isAlwaysDenied(entry)).map((entry) => `- ${entryText(entry)}`),
    ...changeset.changed.map(({ before, after }) => `~ ${entryText(after)}: ${changedFields(before, after)}`),
  ];
  const shown = rows.slice(0, shownEntries).map((text) => ({ text }));
  const rest = rows.length - shown.length;
  return rest > 0 ? [...shown, { text: `and ${rest} entries more` }] : shown;
}

function entryText(entry: AllowEntry): string {
  return `${entrySummary(entry)} (${entry.list})`;
}

function changedFields(before: AllowEntry, after: AllowEntry): string {
  const fields = ['reason', 'owner', 'expiresAt', 'source', 'list'] as const;
  return fields
    .filter((field) => before[field] !== after[field])
    .map((field) => `${field} ${before[field] ?? '(none)'} → ${after[field] ?? '(none)'}`)
    .join(', ');
}

function needsDecision(name: string): Diagnostic {
  return {
    code: 'SK3403',
    severity: 'error',
    message: `this change leaves ${name} without any entry that allows something`,
    hint: `if that is meant, an approver says so with \`sandkiln allow-empty ${name}\``,
    failure: 'stalled',
  };
}
