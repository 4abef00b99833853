import type { CommitId, ObjectId } from '../../src/adapters/git/git.ts';
import { effectiveSet } from '../../src/allow-list/effective-set.ts';
import { emptyCatalogView } from '../../src/engine/catalog/catalog-view.ts';
import { allowListStatePath, revisionPath } from '../../src/engine/catalog/paths.ts';
import { recordBytes } from '../../src/engine/catalog/record-bytes.ts';
import { type Decisions, noDecisions } from '../../src/engine/decisions/decisions.ts';
import type { ContentsContext, DetailContext } from '../../src/engine/plan/contents.ts';
import type { PlannedKind } from '../../src/engine/plan/planner.ts';
import { allowListPlanner } from '../../src/kinds/allow-list/allow-list-plan.ts';
import { createListReader, entriesOfSet } from '../../src/kinds/allow-list/list-contents.ts';
import { type CurrentRevision, nextRevision, stateAt } from '../../src/kinds/allow-list/next-revision.ts';
import type { AllowEntry } from '../../src/model/allow-list.ts';
import type { AllowListInputs, AllowListState, RevisionCause } from '../../src/model/allow-list-record.ts';
import { digestOfBytes } from '../../src/model/digest.ts';
import type { Change } from '../../src/model/plan.ts';
import { success } from '../../src/model/result.ts';
import { desiredOf, type Files } from './desired-files.ts';
import { expectValue } from './expect-result.ts';
import { documentText } from './image-files.ts';
import { unusedStore } from './unused-store.ts';

/** A list as a file; `lines` are those of its spec. */
export function listFile(name: string, ...lines: readonly string[]): Files {
  return { [`specs/allow-lists/${name}.yaml`]: documentText('AllowList', name, ...lines) };
}

/** One entry in flow style: `hostEntry('a.example.org', 'ports: [443]')`. */
export function hostEntry(host: string, ...more: readonly string[]): string {
  return `  - {${[`match: {host: ${host}}`, 'reason: a test', ...more].join(', ')}}`;
}

/** A revision that a catalog holds: what the next one stands on, and the state that names it. */
export interface RecordedList extends CurrentRevision {
  readonly state: AllowListState;
  readonly bytes: Uint8Array;
}

/** The lists of files as a planner and a recorder see them. */
export function listsOf(files: Files) {
  const { resources, repository } = desiredOf(files);
  const lists = [...(resources.get('AllowList')?.values() ?? [])];
  const context: ContentsContext = {
    resources: lists,
    policy: repository.spec,
    file: async (path) => success(Buffer.from(files[path] ?? '')),
  };
  return {
    lists,
    context,
    digests: new Map(Object.entries(files).map(([path, text]) => [path, digestOfBytes(text)])),
  };
}

/** The plan for files and the states of a catalog. */
export function planLists(
  files: Files,
  recorded: ReadonlyMap<string, Pick<RecordedList, 'state'>>,
  now: Date,
  maxRetirePercent = 100,
): PlannedKind {
  const { lists, context, digests } = listsOf(files);
  return allowListPlanner.plan({
    resources: lists,
    files: digests,
    policy: context.policy,
    earlier: new Map(),
    catalog: {
      ...emptyCatalogView,
      allowLists: new Map([...recorded].map(([name, { state }]) => [name, state])),
    },
    safeguards: { maxRetirePercent },
    now,
  });
}

/** Entries in force of a list at a moment, with what is always denied. */
export async function entriesIn(files: Files, name: string, now: Date): Promise<readonly AllowEntry[]> {
  const { lists, context } = listsOf(files);
  const resource = lists.find(({ identity }) => identity.name === name);
  if (resource === undefined) {
    throw new Error(`no list ${name}`);
  }
  const contents = expectValue(await createListReader(context).contents(resource));
  return entriesOfSet(contents, context.policy, now.toISOString());
}

/** What the recorder makes of a change, without git; nothing where the entries in force stay the same. */
export function recordedAfter(
  name: string,
  entries: readonly AllowEntry[],
  {
    current,
    inputs,
    now,
    decisions = [],
    cause = { type: 'commit', commits: [] },
  }: {
    readonly current?: RecordedList | undefined;
    readonly inputs: AllowListInputs | null;
    readonly now: Date;
    readonly decisions?: readonly string[];
    readonly cause?: RevisionCause;
  },
): (RecordedList & { readonly blobs: readonly Uint8Array[] }) | undefined {
  const made = nextRevision({
    name,
    current,
    set: effectiveSet(entries),
    inputs,
    createdAt: now.toISOString(),
    run: '20261120T110000Z-1a2b3c4d',
    desiredCommit: 'a'.repeat(40),
    cause,
    decisions,
  });
  if (made === undefined) {
    return undefined;
  }
  const digest = digestOfBytes(made.bytes);
  const { revision, bytes, setText, blobs } = made;
  return { revision, digest, setText, bytes, blobs, state: stateAt(revision, digest, inputs) };
}

/** A context for details, over a catalog of these revisions whose store has lost everything. */
export function detailContext(
  files: Files,
  recorded: readonly RecordedList[],
  now: Date,
  decisions: Decisions = noDecisions,
): DetailContext {
  const catalog = new Map<string, Uint8Array>();
  for (const { revision, bytes, state } of recorded) {
    catalog.set(revisionPath(revision.name, revision.revision), bytes);
    catalog.set(allowListStatePath(revision.name), recordBytes(state));
  }
  return {
    ...listsOf(files).context,
    git: {
      objectAt: async (_commit, path) => (catalog.has(path) ? (path as ObjectId) : undefined),
      readBlob: async (id) => success(catalog.get(id) ?? Buffer.alloc(0)),
    },
    catalogCommit: 'c'.repeat(40) as CommitId,
    store: unusedStore,
    unattested: async () => [],
    decisions,
    now,
  };
}

/** Inputs of a change, as its planner writes them. */
export function inputsOf({ inputs }: Change): AllowListInputs {
  const { specs, files, alwaysDeny } = inputs as unknown as AllowListInputs;
  return { specs, files, alwaysDeny };
}
