import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CommitId } from '../../../src/adapters/git/git.ts';
import { allowListStatePath, revisionPath } from '../../../src/engine/catalog/paths.ts';
import { parseRevision } from '../../../src/engine/catalog/revision-file.ts';
import { type Decisions, noDecisions } from '../../../src/engine/decisions/decisions.ts';
import type { RecordedChange } from '../../../src/engine/record/recorder.ts';
import { createAllowListRecorder } from '../../../src/kinds/allow-list/allow-list-recorder.ts';
import { createListSets } from '../../../src/kinds/allow-list/list-sets.ts';
import type { Change } from '../../../src/model/plan.ts';
import type { Result } from '../../../src/model/result.ts';
import { success } from '../../../src/model/result.ts';
import { hostEntry, listFile, listsOf, planLists, type RecordedList } from '../../rig/allow-list-desired.ts';
import type { Files } from '../../rig/desired-files.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { createSignedCatalog, type SignedCatalog } from '../../rig/signed-catalog.ts';
import { unusedStore } from '../../rig/unused-store.ts';

const noon = new Date('2026-11-20T12:00:00.000Z');
const lab = (...entries: readonly string[]) => listFile('lab', 'entries:', ...entries);
let catalog: SignedCatalog;

beforeEach(async () => {
  catalog = await createSignedCatalog();
});

afterEach(async () => {
  await catalog[Symbol.asyncDispose]();
});

/** Commits the files as a person would. */
async function desire(files: Readonly<Record<string, string | null>>, message?: string): Promise<CommitId> {
  const changes = new Map(
    Object.entries(files).map(([path, text]) => [path, text === null ? null : Buffer.from(text)] as const),
  );
  if (message === undefined) {
    return catalog.userCommit(changes);
  }
  const commit = expectValue(
    await catalog.git.writeCommit({
      parent: catalog.tip,
      changes,
      message,
      author: { name: 'Ada Example', email: 'ada@example.org' },
      at: 1_780_000_000,
    }),
  );
  catalog.tip = commit ?? catalog.tip;
  return catalog.tip;
}

/** The plan of the list between some files and what was recorded. */
function changeOf(files: Files, current: Pick<RecordedList, 'state'> | undefined, now = noon): Change {
  const [change] = planLists(files, new Map(current ? [['lab', current]] : []), now).changes;
  if (change === undefined) {
    throw new Error('nothing is planned');
  }
  return change;
}

interface Recording {
  readonly now?: Date;
  readonly desiredCommit?: CommitId;
  readonly decisions?: Decisions;
}

/** Records a change on the tip of now. */
async function record(
  change: Change,
  files: Files,
  { now = noon, desiredCommit = catalog.tip, decisions = noDecisions }: Recording = {},
): Promise<Result<RecordedChange>> {
  const { lists, context, digests } = listsOf(files);
  const prepared = expectValue(
    await createAllowListRecorder(createListSets()).prepare(
      { change, resource: null, actions: {} },
      {
        build: {
          formatVersion: 1,
          run: '20261120T110000Z-1a2b3c4d',
          engineVersion: '0.1.0',
          plan: {
            formatVersion: 1,
            desiredCommit,
            catalogCommit: null,
            changes: [change],
            unchanged: 0,
            digest: change.digest,
          },
          startedAt: noon.toISOString(),
          finishedAt: noon.toISOString(),
          outcome: 'succeeded',
          host: { platform: 'linux', cpus: 1, memoryBytes: 1, isolation: 'none', unenforced: [] },
          builders: {},
          changes: [],
        },
        signer: catalog.builder,
        store: {
          ...unusedStore,
          put: async (_bytes, { expected } = {}) =>
            success({ digest: expected ?? change.digest, sizeBytes: 0 }),
        },
        cache: unusedStore,
        desired: async () =>
          success({
            resources: () => lists,
            policy: context.policy,
            files: digests,
            file: context.file,
            decisions,
          }),
        history: catalog.git,
        now: () => now,
      },
    ),
  );
  return prepared.at({ git: catalog.git, commit: catalog.tip, written: new Map(), sets: new Map() });
}

/** What lets one change leave its list without entries. */
function allowingEmpty({ resource, digest }: Change, id: string): Decisions {
  return {
    ...noDecisions,
    allowsEmpty: (_resource, asked) =>
      asked === digest
        ? {
            id,
            type: 'allow-empty',
            resource,
            change: digest,
            reason: 'meant',
            createdAt: noon.toISOString(),
            expiresAt: null,
            by: ['k'],
            file: 'f',
          }
        : undefined,
  };
}

/** Records what the files say, commits it, and gives the revision with its state. */
async function reconciled(files: Files, current?: Pick<RecordedList, 'state'>, recording: Recording = {}) {
  const change = changeOf(files, current, recording.now);
  const { files: written, row } = expectValue(await record(change, files, recording));
  await catalog.engineCommit(written);
  const state = JSON.parse(Buffer.from(written.get(allowListStatePath('lab')) ?? '').toString());
  const bytes = written.get(revisionPath('lab', state.revision));
  return { state, row, revision: bytes ? expectValue(parseRevision(bytes, 'x')) : undefined };
}

test('on a tip that somebody else has brought on, a change is superseded, and the next plan has the next number', async () => {
  const files = lab(hostEntry('a.example.org'));
  await desire(files);
  const first = await reconciled(files);
  const [mine, theirs] = [lab(hostEntry('mine.example.org')), lab(hostEntry('theirs.example.org'))];
  await desire(mine);
  const change = changeOf(mine, first);
  const second = await reconciled(theirs, first);
  expect(second.revision?.revision).toBe(2);
  const late = expectValue(await record(change, mine));
  expect(late).toMatchObject({ row: { allowList: { outcome: 'superseded', revision: null } } });
  expect(late.files.size).toBe(0);
  const third = await reconciled(mine, second);
  expect(third).toMatchObject({
    row: { allowList: { outcome: 'revised', revision: 3 } },
    state: { revision: 3 },
  });
});

test('a clock that runs backwards makes no revision older than the one before, and nothing un-expires', async () => {
  const timed = hostEntry('t.example.org', 'expiresAt: 2026-11-20T11:00:00Z');
  const files = lab(hostEntry('a.example.org'), timed);
  await desire(files);
  const first = await reconciled(files);
  const edited = lab(hostEntry('b.example.org'), timed);
  await desire(edited);
  const morning = new Date('2026-11-20T06:00:00.000Z');
  const { revision } = await reconciled(edited, first, { now: morning });
  expect(revision?.createdAt).toBe(noon.toISOString());
  expect(JSON.stringify(revision?.changeset)).not.toContain('t.example.org');
});

test('the cause is a roll-back only where a commit says so of this list', async () => {
  const files = lab(hostEntry('a.example.org'));
  await desire(files);
  let current = await reconciled(files);
  for (const [message, type] of [
    ['Roll back\n\nSandkiln-Rollback: lab@1\n', 'rollback'],
    ['Roll back\n\nSandkiln-Rollback: lab-two@1\n', 'commit'],
    ['Roll back\n\nSandkiln-Rollback: lab@x\n', 'commit'],
    ['About Sandkiln-Rollback: lab@1\n', 'commit'],
  ] as const) {
    const next = lab(hostEntry(`n${current.state.revision}.example.org`));
    const commit = await desire(next, message);
    current = await reconciled(next, current);
    expect(current.revision?.cause).toEqual({ type, commits: [commit] });
  }
});

test('commits since the revision before are named, oldest first, and an expiry has none', async () => {
  const soon = hostEntry('t.example.org', 'expiresAt: 2026-11-20T13:00:00Z');
  const files = lab(hostEntry('a.example.org'), soon);
  const created = await desire(files);
  const first = await reconciled(files);
  expect(first.revision?.cause).toEqual({ type: 'commit', commits: [created] });
  const one = await desire(lab(hostEntry('b.example.org'), soon));
  await desire({ 'README.md': 'words' });
  const last = lab(hostEntry('c.example.org'), soon);
  const two = await desire(last);
  const second = await reconciled(last, first);
  expect(second.revision?.cause).toEqual({ type: 'commit', commits: [one, two] });
  const later = await reconciled(last, second, { now: new Date('2026-11-20T13:00:00.000Z') });
  expect(later.revision).toMatchObject({ cause: { type: 'expiry', commits: [] }, validUntil: null });
});

test('a retirement names the commit that took the list away, not those that moved it or touched others', async () => {
  const files = lab(hostEntry('a.example.org'));
  const [path = ''] = Object.keys(files);
  const other = listFile('other', 'entries:', hostEntry('o.example.org'));
  await desire({ ...files, ...other });
  const first = await reconciled(files);
  const moved = { 'specs/allow-lists/elsewhere.yaml': files[path] ?? '' };
  await desire({ ...moved, [path]: null });
  await desire(listFile('other', 'entries:', hostEntry('p.example.org')));
  const removed = await desire({ 'specs/allow-lists/elsewhere.yaml': null });
  await desire(listFile('other', 'entries:', hostEntry('q.example.org')));
  const decisions = allowingEmpty(changeOf({}, first), '20261120T110000Z-00000001');
  const retired = await reconciled({}, first, { decisions });
  expect(retired.revision).toMatchObject({
    revision: 2,
    inputs: null,
    cause: { type: 'retirement', commits: [removed] },
  });
});

test('other inputs that mean the same are kept in the state, under the same revision', async () => {
  const files = lab(hostEntry('a.example.org'));
  await desire(files);
  const first = await reconciled(files);
  const same = lab(hostEntry('A.example.org.'));
  await desire(same);
  const second = await reconciled(same, first);
  expect(second).toMatchObject({
    revision: undefined,
    row: { allowList: { outcome: 'equal', revision: 1 } },
  });
  expect(second.state).toEqual({ ...first.state, inputs: second.state.inputs });
  expect(planLists(same, new Map([['lab', second]]), noon).changes).toEqual([]);
});

test('a list is not emptied without a decision, whatever the build says', async () => {
  const files = lab(hostEntry('a.example.org'));
  await desire(files);
  const first = await reconciled(files);
  const emptied = lab(hostEntry('d.example.org', 'status: denied'));
  await desire(emptied);
  const change = changeOf(emptied, first);
  expect(expectValue(await record(change, emptied))).toMatchObject({
    row: { allowList: { outcome: 'superseded' } },
  });
  const id = '20261120T110000Z-00000001';
  const decisions = allowingEmpty(change, id);
  expect((await reconciled(emptied, first, { decisions })).revision?.decisions).toEqual([id]);
});

test('nothing is recorded on top of a revision that is not the one that the state names', async () => {
  const files = lab(hostEntry('a.example.org'));
  await desire(files);
  const first = await reconciled(files);
  const path = revisionPath('lab', 1);
  const forged = catalog.rig.show(catalog.tip, path).replaceAll('a.example.org', 'evil.example.org');
  const next = lab(hostEntry('b.example.org'));
  await desire({ ...next, [path]: `${forged}\n` });
  expect(expectCodes(await record(changeOf(next, first), next))).toEqual(['SK8055']);
});
