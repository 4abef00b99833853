import { describe, expect, test } from 'vitest';
import { digestOfBytes } from '../../../src/model/digest.ts';
import {
  entriesIn,
  hostEntry,
  inputsOf,
  listFile,
  planLists,
  type RecordedList,
  recordedAfter,
} from '../../rig/allow-list-desired.ts';
import type { Files } from '../../rig/desired-files.ts';
import { documentText } from '../../rig/image-files.ts';

const now = new Date('2026-11-20T12:00:00.000Z');
const line = (host: string) => `{"match":{"host":"${host}"},"reason":"r"}\n`;

/** common ← lab ← big; other stands alone. */
const files: Files = {
  ...listFile('common', 'entries:', hostEntry('c.example.org')),
  ...listFile('lab', 'include: [common]', 'entries:', hostEntry('l.example.org')),
  ...listFile('big', 'include: [lab]', 'entriesFrom: [{file: lists/big.jsonl}]'),
  ...listFile('other', 'entries:', hostEntry('o.example.org')),
  'lists/big.jsonl': line('b.example.org'),
};

/** A catalog that has recorded every list of these files. */
async function recordAll(desired: Files): Promise<Map<string, RecordedList>> {
  const recorded = new Map<string, RecordedList>();
  for (const change of planLists(desired, new Map(), now).changes) {
    const { name } = change.resource;
    const one = recordedAfter(name, await entriesIn(desired, name, now), { inputs: inputsOf(change), now });
    if (one !== undefined) {
      recorded.set(name, one);
    }
  }
  return recorded;
}

async function changesOf(desired: Files, at = now): Promise<readonly string[]> {
  return planLists(desired, await recordAll(files), at).changes.map(
    ({ type, resource, from, to }) => `${type} ${resource.name} ${from}-${to}`,
  );
}

test('lists that the catalog does not have are created, and once they are there nothing is planned', async () => {
  const { changes } = planLists(files, new Map(), now);
  expect(changes.map(({ type, resource, from, to }) => [type, resource.name, from, to])).toEqual(
    ['big', 'common', 'lab', 'other'].map((name) => ['create', name, null, '1']),
  );
  const again = planLists(files, await recordAll(files), now);
  expect(again).toMatchObject({ changes: [], unchanged: 4, diagnostics: [] });
});

describe('what changes a list', () => {
  test('is its own spec, and then those that take it in, and nothing else', async () => {
    expect(
      await changesOf({ ...files, ...listFile('other', 'entries:', hostEntry('x.example.org')) }),
    ).toEqual(['revise other 1-2']);
    expect(
      await changesOf({ ...files, ...listFile('common', 'entries:', hostEntry('x.example.org')) }),
    ).toEqual(['revise big 1-2', 'revise common 1-2', 'revise lab 1-2']);
  });

  test('is a file that it names', async () => {
    expect(await changesOf({ ...files, 'lists/big.jsonl': line('x.example.org') })).toEqual([
      'revise big 1-2',
    ]);
    expect(await changesOf({ ...files, 'lists/unnamed.jsonl': line('x.example.org') })).toEqual([]);
  });

  test('is what sandkiln.yaml always denies, for every list, and nothing else of that file', async () => {
    const policy = (...lines: string[]) => ({
      ...files,
      'sandkiln.yaml': documentText('Repository', 'test', ...lines),
    });
    expect(await changesOf(policy('safeguards: {maxRetirePercent: 50}'))).toEqual([]);
    expect(await changesOf(policy('allowLists: {permit: [resolvers]}'))).toHaveLength(4);
    expect(await changesOf(policy('allowLists: {sinkhole: [10.66.66.3]}'))).toHaveLength(4);
  });

  test('is no comment and no other order of fields', async () => {
    const path = 'specs/allow-lists/other.yaml';
    expect(await changesOf({ ...files, [path]: `# hello\n${files[path]}` })).toEqual([]);
  });

  test('is told with what differs', async () => {
    const desired = { ...files, ...listFile('lab', 'entries:', hostEntry('l.example.org')) };
    const { changes } = planLists(desired, await recordAll(files), now);
    expect(changes.find(({ resource }) => resource.name === 'lab')?.reasons).toEqual([
      { text: 'list common: no longer taken in' },
      { text: 'list lab: other content' },
    ]);
  });
});

test('a file with a name that objects have of themselves counts as any other', async () => {
  for (const name of ['__proto__', 'constructor', 'toString']) {
    const named: Files = {
      ...listFile('base', `entriesFrom: [{file: ${name}}]`),
      ...listFile('top', 'include: [base]', 'entries:', hostEntry('t.example.org')),
    };
    const withFile = (text: string) =>
      Object.fromEntries(
        [...Object.entries(named), [name, text] as const].map(([key, value]) => [key, value]),
      );
    const before = planLists(withFile(line('a.example.org')), new Map(), now).changes;
    const after = planLists(withFile(line('b.example.org')), new Map(), now).changes;
    expect(before.map(({ digest }) => digest)).not.toContain(after[0]?.digest);
    expect(before[1]?.digest).not.toBe(after[1]?.digest);
    const states = new Map<string, RecordedList>();
    for (const change of before) {
      const one = recordedAfter(change.resource.name, [], { inputs: inputsOf(change), now });
      if (one !== undefined) {
        states.set(change.resource.name, one);
      }
    }
    const { changes } = planLists(withFile(line('b.example.org')), states, now);
    expect(changes.map(({ reasons }) => reasons)).toEqual([
      [{ text: `file ${name}: other content` }],
      [{ text: `file ${name}: other content` }],
    ]);
  }
});

describe('expiry', () => {
  const timed = listFile('t', 'entries:', hostEntry('a.example.org', 'expiresAt: 2026-12-01T00:00:00Z'));

  test('is planned from the second on at which it is due, and once', async () => {
    const recorded = await recordAll(timed);
    const at = (time: string) => planLists(timed, recorded, new Date(time)).changes.map(({ type }) => type);
    expect(at('2026-11-30T23:59:59.999Z')).toEqual([]);
    expect(at('2026-12-01T00:00:00.000Z')).toEqual(['expire']);
    const due = new Date('2026-12-01T00:00:00.000Z');
    const [change] = planLists(timed, recorded, due).changes;
    if (change === undefined) {
      throw new Error('nothing planned');
    }
    const next = recordedAfter('t', await entriesIn(timed, 't', due), {
      current: recorded.get('t'),
      inputs: inputsOf(change),
      now: due,
    });
    expect(next?.revision).toMatchObject({ revision: 2, validUntil: null, changeset: { removed: [{}] } });
    expect(planLists(timed, new Map(next ? [['t', next]] : []), due).changes).toEqual([]);
  });

  test('of an entry that an included list repeats for longer keeps being planned for nothing never', async () => {
    const desired: Files = {
      ...listFile('in', 'entries:', hostEntry('a.example.org', 'expiresAt: 2026-12-01T00:00:00Z')),
      ...listFile('out', 'include: [in]', 'entries:', hostEntry('a.example.org')),
    };
    const recorded = await recordAll(desired);
    const { changes } = planLists(desired, recorded, new Date('2027-01-01T00:00:00Z'));
    expect(changes.map(({ resource }) => resource.name)).toEqual(['in']);
  });

  test('is not planned beside an edit: one change does both', async () => {
    const edited = listFile('t', 'entries:', hostEntry('b.example.org'));
    const { changes } = planLists(edited, await recordAll(timed), new Date('2027-01-01T00:00:00Z'));
    expect(changes.map(({ type }) => type)).toEqual(['revise']);
  });
});

describe('a list whose spec is gone', () => {
  const without = (...names: readonly string[]): Files =>
    Object.fromEntries(
      Object.entries(files).filter(([path]) => !names.some((name) => path.endsWith(`/${name}.yaml`))),
    );

  test('is retired', async () => {
    expect(await changesOf(without('other'))).toEqual(['retire other 1-null']);
  });

  test('and more of them than the safeguard allows stop the plan, but for one', async () => {
    const recorded = await recordAll(files);
    const codes = (gone: readonly string[], percent: number) =>
      planLists(without(...gone), recorded, now, percent).diagnostics.map(({ code }) => code);
    expect(codes(['big', 'other'], 10)).toEqual(['SK3401']);
    expect(codes(['big', 'other'], 50)).toEqual([]);
    expect(codes(['other'], 0)).toEqual([]);
  });

  test('is described again by another revision', async () => {
    const recorded = await recordAll(files);
    const retired = recordedAfter('other', [], { current: recorded.get('other'), inputs: null, now });
    if (retired === undefined) {
      throw new Error('no revision');
    }
    expect(retired.state).toMatchObject({ revision: 2, inputs: null });
    recorded.set('other', retired);
    expect(planLists(without('other'), recorded, now).changes).toEqual([]);
    expect(planLists(files, recorded, now).changes).toMatchObject([
      { type: 'revise', from: '2', to: '3', reasons: [{ text: 'described again' }] },
    ]);
  });
});

test('the digest of a change says which revision it stands on, and what it is made of', async () => {
  const recorded = await recordAll(files);
  const digestsAt = (desired: Files) => planLists(desired, recorded, now).changes.map(({ digest }) => digest);
  const one = digestsAt({ ...files, ...listFile('other', 'entries:', hostEntry('x.example.org')) });
  const two = digestsAt({ ...files, ...listFile('other', 'entries:', hostEntry('y.example.org')) });
  expect(one).not.toEqual(two);
  expect(new Set(one.map((digest) => digest.length))).toEqual(new Set([digestOfBytes('').length]));
});
