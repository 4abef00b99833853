import { expect, test } from 'vitest';
import { createFileSystemStore } from '../../../src/adapters/store/file-system-store.ts';
import { effectiveSet } from '../../../src/allow-list/effective-set.ts';
import type { CatalogFacts, LongList } from '../../../src/engine/verify/catalog-facts.ts';
import { checkLongLists } from '../../../src/engine/verify/check-long-lists.ts';
import { nextRevision } from '../../../src/kinds/allow-list/next-revision.ts';
import type { AllowListRevision } from '../../../src/model/allow-list-record.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import { allowEntry } from '../../rig/allow-entries.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

/** A first revision whose changeset is in the store, and one after it that drops an entry. */
async function longList() {
  const store = createFileSystemStore({ folder: temporaryFolder(), durable: false });
  const entries = Array.from({ length: 3000 }, (_, index) =>
    allowEntry({ kind: 'host', value: `n${index}.example.org` }),
  );
  const common = {
    name: 'lab',
    inputs: null,
    run: '20261121T000000Z-00000000',
    desiredCommit: '0'.repeat(40),
    cause: { type: 'commit' as const, commits: [] },
    decisions: [],
  };
  const first = nextRevision({
    ...common,
    current: undefined,
    set: effectiveSet(entries),
    createdAt: '2026-11-21T00:00:00.000Z',
  });
  for (const blob of first?.blobs ?? []) {
    expectValue(await store.put([blob]));
  }
  if (first === undefined) {
    throw new Error('an empty list');
  }
  const current = { revision: first.revision, digest: digestOfBytes(first.bytes), setText: first.setText };
  const second = nextRevision({
    ...common,
    current,
    set: effectiveSet(entries.slice(1)),
    createdAt: '2026-11-21T00:00:01.000Z',
  });
  const revisions = [first.revision, second?.revision ?? first.revision];
  return { store, list: (forge: (one: AllowListRevision) => AllowListRevision) => listOf(revisions, forge) };
}

function listOf(
  revisions: readonly AllowListRevision[],
  forge: (revision: AllowListRevision) => AllowListRevision,
): CatalogFacts {
  const long: LongList = revisions.map((revision, index) => ({
    file: `${index + 1}.yaml`,
    revision: forge(revision),
  }));
  return {
    images: new Map(),
    states: new Map(),
    runs: new Map(),
    revisions: new Map(),
    listStates: new Map(),
    longLists: [long],
    unread: new Set(),
  };
}

test('a list whose changesets lead to its sets is sound, also where one of them is in the store', async () => {
  const { store, list } = await longList();
  expect(
    await checkLongLists(
      store,
      list((revision) => revision),
    ),
  ).toEqual([]);
});

test('a set that the changesets do not lead to is found', async () => {
  const { store, list } = await longList();
  const lying = list((revision) =>
    revision.revision === 2
      ? { ...revision, set: { ...revision.set, digest: digestOfBytes('another set') } }
      : revision,
  );
  expect(await checkLongLists(store, lying)).toMatchObject([{ code: 'SK8064', place: { file: '2.yaml' } }]);
});

test('a changeset that removes what is not there is found', async () => {
  const { store, list } = await longList();
  const gone = allowEntry({ kind: 'host', value: 'never.example.org' });
  const misfit = list((revision) =>
    revision.revision === 2
      ? { ...revision, changeset: { added: [], removed: [gone], changed: [] } }
      : revision,
  );
  expect(await checkLongLists(store, misfit)).toMatchObject([{ code: 'SK8064', place: { file: '2.yaml' } }]);
});
