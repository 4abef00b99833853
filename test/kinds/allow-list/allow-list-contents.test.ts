import { describe, expect, test } from 'vitest';
import { decisionsAt } from '../../../src/engine/decisions/decisions.ts';
import { createAllowListContents } from '../../../src/kinds/allow-list/allow-list-contents.ts';
import { createListSets } from '../../../src/kinds/allow-list/list-sets.ts';
import type { VerifiedDecision } from '../../../src/model/decision.ts';
import type { Change } from '../../../src/model/plan.ts';
import {
  detailContext,
  entriesIn,
  hostEntry,
  inputsOf,
  listFile,
  planLists,
  type RecordedList,
  recordedAfter,
} from '../../rig/allow-list-desired.ts';
import type { Files } from '../../rig/desired-files.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';

const now = new Date('2026-11-20T12:00:00.000Z');
const later = new Date('2027-01-01T00:00:00.000Z');

async function recorded(files: Files, at = now): Promise<RecordedList> {
  const [change] = planLists(files, new Map(), at).changes;
  const one =
    change && recordedAfter('lab', await entriesIn(files, 'lab', at), { inputs: inputsOf(change), now: at });
  if (one === undefined) {
    throw new Error('no list lab');
  }
  return one;
}

function changeOf(files: Files, current: RecordedList, at = now): Change {
  const [change] = planLists(files, new Map([['lab', current]]), at).changes;
  if (change === undefined) {
    throw new Error('nothing is planned');
  }
  return change;
}

async function detailed(
  files: Files,
  current: RecordedList,
  at = now,
  decisions: readonly VerifiedDecision[] = [],
) {
  const context = detailContext(files, [current], at, decisionsAt(decisions, at));
  return expectValue(
    await createAllowListContents(createListSets()).detail(changeOf(files, current, at), context),
  );
}

const lab = (...entries: readonly string[]) => listFile('lab', 'entries:', ...entries);

test('a change is told entry by entry, with scopes, and without what is always denied', async () => {
  const current = await recorded(
    lab(hostEntry('a.example.org'), hostEntry('b.example.org', 'scope: {pools: [p]}')),
  );
  const { change } = await detailed(
    lab(hostEntry('a.example.org', 'owner: Ada'), hostEntry('b.example.org', 'scope: {pools: [q]}')),
    current,
  );
  expect(change.reasons.map(({ text }) => text)).toEqual([
    'list lab: other content',
    '+ allow host b.example.org tcp,udp * [pools q] (lab)',
    '- allow host b.example.org tcp,udp * [pools p] (lab)',
    '~ allow host a.example.org tcp,udp * (lab): owner (none) → Ada',
  ]);
});

test('a change that leaves the entries as they are says so', async () => {
  const current = await recorded(lab(hostEntry('a.example.org')));
  const { change } = await detailed(lab(hostEntry('A.example.org.')), current);
  expect(change.reasons.at(-1)?.text).toBe('the entries in force stay the same: no new revision');
});

test('of many entries the first fifty are told', async () => {
  const current = await recorded(lab(hostEntry('a.example.org')));
  const many = Array.from({ length: 60 }, (_, index) => hostEntry(`h${index}.example.org`));
  const { change } = await detailed(lab(hostEntry('a.example.org'), ...many), current);
  expect(change.reasons).toHaveLength(1 + 50 + 1);
  expect(change.reasons.at(-1)?.text).toBe('and 10 entries more');
});

test('identity, inputs and digest of a change stay as they are', async () => {
  const current = await recorded(lab(hostEntry('a.example.org')));
  const files = lab(hostEntry('b.example.org'));
  const { reasons: _reasons, stalled: _stalled, ...change } = changeOf(files, current);
  expect((await detailed(files, current)).change).toMatchObject(change);
});

describe('a list that ends up without any permission', () => {
  const emptied = lab(hostEntry('deny.example.org', 'status: denied'));

  function allowEmpty(change: Pick<Change, 'resource' | 'digest'>): VerifiedDecision {
    return {
      id: '20261120T110000Z-00000001',
      type: 'allow-empty',
      resource: change.resource,
      change: change.digest,
      reason: 'meant',
      createdAt: '2026-11-20T11:00:00.000Z',
      expiresAt: null,
      by: ['k'],
      file: 'decisions/x',
    };
  }

  test('waits for a decision about exactly this change', async () => {
    const current = await recorded(lab(hostEntry('a.example.org')));
    const { change } = await detailed(emptied, current);
    expect(change.stalled).toMatchObject({ run: null, diagnostics: [{ code: 'SK3403' }] });
    const decided = await detailed(emptied, current, now, [allowEmpty(change)]);
    expect(decided.change.stalled).toBeNull();
    const edited = lab(hostEntry('other.example.org', 'status: denied'));
    const after = await detailed(edited, current, now, [allowEmpty(change)]);
    expect(after.change.stalled).not.toBeNull();
  });

  test('waits for none if it had none before, or if what it had has expired', async () => {
    const denying = await recorded(emptied);
    expect(
      (await detailed(lab(hostEntry('x.example.org', 'status: denied')), denying)).change.stalled,
    ).toBeNull();
    const timed = lab(hostEntry('a.example.org', 'expiresAt: 2026-12-01T00:00:00Z'));
    const { change } = await detailed(timed, await recorded(timed), later);
    expect(change).toMatchObject({ type: 'expire', stalled: null });
  });

  test('is not mistaken for one that allows, whatever its denials are called', async () => {
    const current = await recorded(lab(hostEntry('a.example.org')));
    const { change } = await detailed(
      lab(hostEntry('allow', 'status: denied', 'owner: " allow x"')),
      current,
    );
    expect(change.stalled).toMatchObject({ diagnostics: [{ code: 'SK3403' }] });
  });

  test('since its spec is gone waits as well', async () => {
    const current = await recorded(lab(hostEntry('a.example.org')));
    const retire = planLists({}, new Map([['lab', current]]), now).changes[0];
    if (retire === undefined) {
      throw new Error('nothing is planned');
    }
    const { change } = expectValue(
      await createAllowListContents(createListSets()).detail(retire, detailContext({}, [current], now)),
    );
    expect(change).toMatchObject({ type: 'retire', stalled: { run: null } });
  });
});

test('a clock that runs backwards brings nothing back', async () => {
  const timed = hostEntry('t.example.org', 'expiresAt: 2026-12-01T00:00:00Z');
  const current = await recorded(lab(hostEntry('a.example.org'), timed), later);
  expect(current.revision.createdAt).toBe(later.toISOString());
  const { change } = await detailed(lab(hostEntry('b.example.org'), timed), current, now);
  expect(change.reasons.map(({ text }) => text).filter((text) => text.includes('t.example.org'))).toEqual([]);
});

test('a revision that is not the file that its state names is told, and nothing is made of it', async () => {
  const current = await recorded(lab(hostEntry('a.example.org')));
  const forged = Buffer.from(
    Buffer.from(current.bytes).toString().replace('a.example.org', 'evil.example.org'),
  );
  const files = lab(hostEntry('b.example.org'));
  const context = detailContext(files, [{ ...current, bytes: forged }], now);
  expect(
    expectCodes(await createAllowListContents(createListSets()).detail(changeOf(files, current), context)),
  ).toEqual(['SK8055']);
});

test('a bad line of a file is told with its place, beside what else the change does', async () => {
  const current = await recorded(lab(hostEntry('a.example.org')));
  const good = '{"match":{"host":"x.example.org"},"reason":"r"}\n';
  const files = {
    ...listFile('lab', 'entriesFrom: [{file: lists/l.jsonl}]'),
    'lists/l.jsonl': `${good}{"match":{"ip":"1.2.3"},"reason":"r"}\n${good.replace('x.', 'y.')}`,
  };
  const { diagnostics } = await detailed(files, current);
  expect(diagnostics).toMatchObject([
    { code: 'SK1406', severity: 'error', place: { file: 'lists/l.jsonl', start: { line: 2 } } },
  ]);
});
