import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyChangeset, changesetOf } from '../../../src/allow-list/changeset.ts';
import { describeSetText, effectiveSet, entriesOf } from '../../../src/allow-list/effective-set.ts';
import { changesetOfRecord } from '../../../src/allow-list/entry-record.ts';
import { isLongChangeset, parseRevision, revisionBytes } from '../../../src/engine/catalog/revision-file.ts';
import { changesetLimitBytes } from '../../../src/kinds/allow-list/next-revision.ts';
import type { AllowEntry } from '../../../src/model/allow-list.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import { allowEntry, anyEntries } from '../../rig/allow-entries.ts';
import { type RecordedList, recordedAfter } from '../../rig/allow-list-desired.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';

const now = new Date('2026-11-20T12:00:00.000Z');
const inputs = { specs: {}, files: {}, alwaysDeny: digestOfBytes('policy') };
const host = (value: string, more: Partial<AllowEntry> = {}) => allowEntry({ kind: 'host', value }, more);

function after(entries: readonly AllowEntry[], current?: RecordedList) {
  return recordedAfter('lab', entries, { current, inputs, now });
}

function made(entries: readonly AllowEntry[], current?: RecordedList) {
  const recorded = after(entries, current);
  if (recorded === undefined) {
    throw new Error('no revision');
  }
  return recorded;
}

test('the first revision has number 1, follows nothing and adds everything', () => {
  const { revision, blobs } = made([host('a.org'), host('b.org')]);
  expect(revision).toMatchObject({ revision: 1, previous: null, validUntil: null, set: { entries: 2 } });
  expect(revision.changeset).toMatchObject({ added: [{}, {}], removed: [], changed: [] });
  expect(blobs.map(digestOfBytes)).toEqual([revision.set.digest]);
});

test('a list that never allowed anything has a first revision all the same', () => {
  expect(made([]).revision).toMatchObject({ revision: 1, set: { entries: 0, sizeBytes: 0 } });
});

test('the same entries, in whatever order and however often, make no revision', () => {
  const first = made([host('a.org'), host('b.org')]);
  expect(after([host('b.org'), host('a.org'), host('b.org', { reason: 'again' })], first)).toBeUndefined();
});

test('what is added, removed and changed is told apart, and the next revision names the bytes of this one', () => {
  const first = made([host('a.org'), host('b.org'), host('c.org')]);
  const { revision } = made([host('a.org'), host('c.org', { reason: 'other' }), host('d.org')], first);
  expect(revision).toMatchObject({ revision: 2, previous: digestOfBytes(first.bytes) });
  expect(revision.changeset).toMatchObject({
    added: [{ match: { value: 'd.org' } }],
    removed: [{ match: { value: 'b.org' } }],
    changed: [{ before: { reason: 'a test' }, after: { reason: 'other' } }],
  });
});

test('another scope, port or effect is another entry; another reason, owner or expiry changes one', () => {
  const first = made([host('a.org')]);
  for (const more of [
    { scope: { pools: ['p'] } },
    { ports: [{ first: 1, last: 1 }] },
    { effect: 'deny' as const },
  ]) {
    expect(made([host('a.org', more)], first).revision.changeset).toMatchObject({
      added: [{}],
      removed: [{}],
    });
  }
  for (const more of [
    { owner: 'o' },
    { expiresAt: '2027-01-01T00:00:00Z' },
    { source: 's' },
    { list: 'l' },
  ]) {
    expect(made([host('a.org', more)], first).revision.changeset).toMatchObject({ added: [], changed: [{}] });
  }
});

test('a changeset above the limit is a blob of its own, which says the same', () => {
  const entries = Array.from({ length: 3000 }, (_, index) =>
    host(`h${index}.org`, { reason: 'r'.repeat(60) }),
  );
  const { revision, blobs, bytes, setText } = made(entries);
  const { changeset } = revision;
  if (!isLongChangeset(changeset)) {
    throw new Error('a short changeset');
  }
  expect(changeset).toMatchObject({ added: 3000, removed: 0, changed: 0 });
  expect(changeset.blob.sizeBytes).toBeGreaterThan(changesetLimitBytes);
  expect(bytes.length).toBeLessThan(2000);
  expect(blobs.map(digestOfBytes)).toEqual([revision.set.digest, changeset.blob.digest]);
  const told = changesetOfRecord(JSON.parse(Buffer.from(blobs[1] ?? []).toString('utf8')));
  expect(applyChangeset('', told)).toBe(setText);
});

test('it holds until the first expiry of what it keeps: of two entries that are one, the kept one counts', () => {
  const soon = '2026-12-01T00:00:00Z';
  const late = '2027-01-01T00:00:00Z';
  expect(
    made([host('a.org', { expiresAt: late }), host('b.org', { expiresAt: soon })]).revision.validUntil,
  ).toBe(soon);
  // An included list says the same for a shorter time: nothing ends when that does.
  expect(made([host('a.org'), host('a.org', { expiresAt: soon })]).revision.validUntil).toBeNull();
});

test('a revision is read back from its bytes as it was, for any entries', () => {
  fc.assert(
    fc.property(anyEntries, anyEntries, (one, other) => {
      const first = made(one);
      for (const { revision, bytes } of [first, after(other, first)].filter((each) => each !== undefined)) {
        expect(expectValue(parseRevision(bytes, 'x.yaml', 'exact'))).toEqual(revision);
        expect(revisionBytes(revision)).toEqual(bytes);
      }
    }),
    { numRuns: 50 },
  );
});

test('the changesets of a list lead to each of its sets, for any entries', () => {
  fc.assert(
    fc.property(fc.array(anyEntries, { minLength: 1, maxLength: 5 }), (sets) => {
      let current: RecordedList | undefined;
      let text = '';
      let number = 0;
      for (const entries of sets) {
        const next = after(entries, current);
        if (next === undefined) {
          expect(effectiveSet(entries).text).toBe(text);
          continue;
        }
        number += 1;
        expect(next.revision.revision).toBe(number);
        expect(next.revision.changeset).toEqual(changesetOf(text, next.setText));
        text = applyChangeset(text, changesetOf(text, next.setText)) ?? 'misfit';
        expect(text).toBe(effectiveSet(entries).text);
        expect(digestOfBytes(text)).toBe(next.revision.set.digest);
        const { text: again, ...facts } = effectiveSet(entriesOf(text));
        expect(again).toBe(text);
        expect(describeSetText(text)).toEqual(facts);
        current = next;
      }
    }),
    { numRuns: 50 },
  );
});

test.each([
  ['nothing that it is about', (text: string) => text.replace('allow: host a.org', 'note: x')],
  [
    'both effects',
    (text: string) =>
      text.replace('    - allow: host a.org', '    - allow: host a.org\n      deny: host b.org'),
  ],
  ['an address that is none', (text: string) => text.replace('host a.org', 'ip 1.2.3')],
  ['a network with host bits', (text: string) => text.replace('host a.org', 'cidr 10.0.0.1/8')],
  ['a network longer than an address', (text: string) => text.replace('host a.org', 'cidr 10.0.0.0/99')],
  ['a network without its length', (text: string) => text.replace('host a.org', 'cidr 10.0.0.0/')],
  ['an address with a zone', (text: string) => text.replace('host a.org', 'ip fe80::1%0')],
  ['a name with an empty label', (text: string) => text.replace('host a.org', 'host a..org')],
  [
    'an unknown field',
    (text: string) => text.replace('      reason: a test', '      reason: a test\n      more: 1'),
  ],
  [
    'an unknown field of the cause',
    (text: string) => text.replace('  type: commit', '  type: commit\n  who: me'),
  ],
  ['ports in another form', (text: string) => text.replace('tcp,udp *', 'tcp,udp 0-65535')],
  ['an alias', (text: string) => text.replace('name: lab', 'name: &x lab')],
  ['a comment', (text: string) => `# hello\n${text}`],
  ['a second document', (text: string) => `${text}---\na: 1\n`],
  ['a name twice', (text: string) => text.replace('name: lab', 'name: lab\nname: lab')],
])('a revision with %s is refused, and nothing breaks', (_what, forge) => {
  const text = Buffer.from(made([host('a.org')]).bytes).toString('utf8');
  const forged = forge(text);
  expect(forged).not.toBe(text);
  expect(['SK8050', 'SK8051']).toContain(
    expectCodes(parseRevision(Buffer.from(forged), 'x.yaml', 'exact'))[0],
  );
});
