import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rangeOf } from '../../src/allow-list/address.ts';
import { alwaysDenied } from '../../src/allow-list/always-deny.ts';
import { coversService } from '../../src/allow-list/covers-entry.ts';
import { findOverlaps } from '../../src/allow-list/find-overlaps.ts';
import type { EntryOrigin, ListedEntry } from '../../src/allow-list/listed-entry.ts';
import { coversNames, isNameMatch } from '../../src/allow-list/names.ts';
import { normaliseEntry } from '../../src/allow-list/normalise-entry.ts';

type Raw = Readonly<Record<string, unknown>>;

function listed(raws: readonly Raw[], list: string): readonly ListedEntry[] {
  const origin: EntryOrigin = {
    placeOf: (index, pointer) => ({ file: `${list}${pointer}`, start: { line: index, column: 1 } }),
  };
  return raws.map((raw, index) => {
    const normal = normaliseEntry({ reason: 'r', ...raw }, list);
    if (!normal.ok) {
      throw new Error(JSON.stringify(normal.problems));
    }
    return { entry: normal.entry, status: normal.status, origin, index: index + 1 };
  });
}

const everything = alwaysDenied({ permit: [], sinkhole: [] });

/** `SK1421 error lab:2 (lab:1)`: code, severity, place, places that belong to it. */
function overlaps(own: readonly Raw[], included: readonly Raw[] = []): readonly string[] {
  return findOverlaps({
    list: 'lab',
    file: 'lab.yaml',
    own: listed(own, 'lab'),
    included: listed(included, 'base'),
    alwaysDenied: everything,
  }).map(({ code, severity, place, related = [] }) => {
    const at = (where: typeof place) => `${where?.file.split('/')[0]}:${where?.start?.line}`;
    return `${code} ${severity} ${[place, ...related.map((one) => one.place)].map(at).join(' ')}`;
  });
}

const host = (name: string, more: Raw = {}): Raw => ({ match: { host: name }, ...more });
const below = (name: string, more: Raw = {}): Raw => ({ match: { apexAndSubdomains: name }, ...more });
const cidr = (value: string, more: Raw = {}): Raw => ({ match: { cidr: value }, ...more });
const ip = (value: string, more: Raw = {}): Raw => ({ match: { ip: value }, ...more });

describe('entries of a list', () => {
  test('that stand there twice are an error with both places', () => {
    expect(
      overlaps([
        host('a.example.org', { ports: [1, 2], scope: { pools: ['x', 'y'] } }),
        ip('9.9.9.1'),
        host('A.example.org.', {
          ports: ['1-2'],
          scope: { pools: ['y', 'x'] },
          reason: 'other',
          expiresAt: '2027-01-01T00:00:00Z',
        }),
        ip('9.9.9.1', { status: 'denied' }),
        cidr('9.9.9.1/32'),
      ]),
    ).toEqual(['SK1420 error lab:3 lab:1', 'SK1420 error lab:5 lab:2', 'SK1422 warning lab:2 lab:4']);
  });

  test.each<readonly [string, readonly Raw[], readonly string[]]>([
    ['a host below a name', [below('example.org'), host('a.b.example.org')], ['SK1421 warning lab:2 lab:1']],
    ['a host beside the name', [below('example.org'), host('notexample.org')], []],
    ['the apex of subdomains', [{ match: { subdomains: 'example.org' } }, host('example.org')], []],
    [
      'one label below',
      [{ match: { oneLabel: 'example.org' } }, host('a.example.org'), host('a.b.example.org')],
      ['SK1421 warning lab:2 lab:1'],
    ],
    [
      'all below in both',
      [below('example.org'), { match: { subdomains: 'example.org' } }],
      ['SK1421 warning lab:2 lab:1'],
    ],
    [
      'all below against one label',
      [{ match: { oneLabel: 'example.org' } }, { match: { subdomains: 'example.org' } }],
      ['SK1421 warning lab:1 lab:2'],
    ],
    [
      'an address in a network',
      [ip('13.1.2.3'), cidr('13.0.0.0/8'), cidr('13.1.0.0/16'), ip('11.1.1.1')],
      ['SK1421 warning lab:3 lab:2', 'SK1421 warning lab:1 lab:3'],
    ],
    ['an address after a network', [cidr('9.0.0.0/24'), ip('9.0.1.0')], []],
    [
      'families apart',
      [cidr('13.0.0.0/8'), ip('2a00::1'), cidr('2a00::/16')],
      ['SK1421 warning lab:2 lab:3'],
    ],
    [
      'more ports',
      [host('a.example.org', { ports: [443] }), host('a.example.org', { ports: [80, 443] })],
      ['SK1421 warning lab:1 lab:2'],
    ],
    ['other ports', [host('a.example.org', { ports: [443] }), host('a.example.org', { ports: [80] })], []],
    [
      'one protocol',
      [host('a.example.org', { protocol: 'tcp' }), host('a.example.org')],
      ['SK1421 warning lab:1 lab:2'],
    ],
    [
      'a narrower scope',
      [
        host('a.example.org', { scope: { pools: ['x'] } }),
        host('a.example.org', { scope: { pools: ['x', 'y'] } }),
      ],
      ['SK1421 warning lab:1 lab:2'],
    ],
    [
      'a scope in another field',
      [
        host('a.example.org', { scope: { pools: ['x'] } }),
        host('a.example.org', { scope: { runProfiles: ['x'] } }),
      ],
      [],
    ],
    [
      'one that expires',
      [host('a.example.org'), below('example.org', { expiresAt: '2027-01-01T00:00:00Z' })],
      [],
    ],
    [
      'one that expires first',
      [
        host('a.example.org', { expiresAt: '2027-01-01T00:00:00Z' }),
        below('example.org', { expiresAt: '2027-01-02T00:00:00Z' }),
      ],
      ['SK1421 warning lab:1 lab:2'],
    ],
    [
      'a denial of all',
      [host('a.example.org'), below('example.org', { status: 'denied' })],
      ['SK1422 warning lab:1 lab:2'],
    ],
    ['a denial of some', [below('example.org'), host('a.example.org', { status: 'denied' })], []],
    [
      'a denial of a port',
      [host('a.example.org'), host('a.example.org', { status: 'denied', ports: [80] })],
      [],
    ],
    [
      'a denied permission that is covered too',
      [
        below('example.org', { ports: [1] }),
        host('a.example.org', { ports: [1] }),
        host('a.example.org', { status: 'denied' }),
      ],
      ['SK1422 warning lab:2 lab:3'],
    ],
    [
      'a denial in a denial',
      [below('example.org', { status: 'denied' }), host('a.example.org', { status: 'denied' })],
      ['SK1421 warning lab:2 lab:1'],
    ],
    ['a candidate', [below('example.org', { status: 'candidate' }), host('a.example.org')], []],
    [
      'a candidate twice',
      [host('a.example.org', { status: 'candidate' }), host('a.example.org', { status: 'candidate' })],
      ['SK1420 error lab:2 lab:1'],
    ],
  ])('that add nothing are a warning with both places: %s', (_what, own, findings) => {
    expect(overlaps(own)).toEqual(findings);
  });

  test('are compared with those of included lists, which alone are not told of', () => {
    expect(overlaps([host('a.example.org')], [host('a.example.org')])).toEqual([
      'SK1421 warning lab:1 base:1',
    ]);
    expect(overlaps([host('a.example.org')], [below('example.org', { status: 'denied' })])).toEqual([
      'SK1422 warning lab:1 base:1',
    ]);
    expect(overlaps([below('example.org', { status: 'denied' })], [host('a.example.org')])).toEqual([]);
    expect(overlaps([], [host('a.example.org'), host('a.example.org'), ip('10.0.0.1')])).toEqual([]);
  });

  test('that are always denied are an error naming the group and how it is permitted, in part a warning', () => {
    expect(
      overlaps([
        ip('10.0.0.1'),
        ip('10.0.0.2', { status: 'denied' }),
        cidr('8.8.0.0/16'),
        host('dns.google', { status: 'candidate' }),
      ]),
    ).toEqual(['SK1424 warning lab:3', 'SK1423 error lab:1', 'SK1423 error lab:4']);
    const [finding] = findOverlaps({
      list: 'lab',
      file: 'lab.yaml',
      own: listed([ip('10.0.0.1')], 'lab'),
      included: [],
      alwaysDenied: everything,
    });
    expect(finding?.message).toMatch(/ip 10\.0\.0\.1 is among what is always denied: private/);
    expect(finding?.hint).toMatch(/allowLists: \{permit: \[private\]\}/);
  });

  test('with more findings than anybody reads are told in part, and no error is lost behind warnings', () => {
    const many = Array.from({ length: 300 }, (_, index) => host(`h${index}.example.org`));
    const found = overlaps([below('example.org'), ...many, ip('127.0.0.1')]);
    expect(found).toHaveLength(102);
    expect(found.at(-2)).toBe('SK1423 error lab:302');
    expect(found.at(-1)).toBe('SK1437 warning lab.yaml:undefined');
  });

  test('are found as comparing each with each finds them', () => {
    const value = fc.constantFrom<Raw>(
      ...['example.org', 'a.example.org', 'b.a.example.org', 'c.b.a.example.org'].flatMap((name) => [
        { host: name },
        { subdomains: name },
        { apexAndSubdomains: name },
        { oneLabel: name },
      ]),
      ...['9.0.0.0/8', '9.128.0.0/9', '9.128.1.0/24', '11.0.0.0/8', '2a00::/16', '2a00:1::/32'].map(
        (text) => ({ cidr: text }),
      ),
      ...['9.128.1.7', '9.0.0.1', '2a00:1::5'].map((text) => ({ ip: text })),
    );
    const raw = fc.record(
      {
        match: value,
        status: fc.constantFrom('active', 'denied', 'candidate'),
        ports: fc.subarray([80, 443, '8000-8010'], { minLength: 1 }),
        protocol: fc.constantFrom('tcp', 'udp'),
        scope: fc.record({ pools: fc.subarray(['x', 'y'], { minLength: 1 }) }),
      },
      { requiredKeys: ['match'] },
    );
    fc.assert(
      fc.property(fc.array(raw, { maxLength: 12 }), fc.array(raw, { maxLength: 6 }), (own, included) => {
        const found = findOverlaps({
          list: 'lab',
          file: 'lab.yaml',
          own: listed(own, 'lab'),
          included: listed(included, 'base'),
          alwaysDenied: [],
        });
        const told = (codes: readonly string[]) =>
          found
            .filter(({ code }) => codes.includes(code))
            .map(({ place }) => place?.start?.line ?? 0)
            .toSorted((left, right) => left - right);
        const expected = expectedOf(listed(own, 'lab'), listed(included, 'base'));
        expect(told(['SK1420'])).toEqual(expected.duplicates);
        expect(told(['SK1421', 'SK1422'])).toEqual(expected.idle);
      }),
      { numRuns: 500 },
    );
  });
});

function expectedOf(own: readonly ListedEntry[], included: readonly ListedEntry[]) {
  const key = ({ entry, status }: ListedEntry) =>
    JSON.stringify([status, entry.match, entry.protocols, entry.ports, entry.scope]);
  const isRepeat = (listedEntry: ListedEntry, index: number) =>
    own.slice(0, index).some((earlier) => key(earlier) === key(listedEntry));
  const single = own.filter((one, index) => !isRepeat(one, index));
  const decided = (one: ListedEntry) => one.status !== 'candidate';
  return {
    duplicates: own.filter(isRepeat).map(({ index }) => index),
    idle: single
      .filter(decided)
      .filter((inner) =>
        [...single, ...included]
          .filter(decided)
          .some(
            (outer) =>
              outer !== inner &&
              (outer.entry.effect === 'deny' || inner.entry.effect === 'allow') &&
              coversMatch(outer, inner) &&
              coversService(outer.entry, inner.entry),
          ),
      )
      .map(({ index }) => index),
  };
}

function coversMatch({ entry: outer }: ListedEntry, { entry: inner }: ListedEntry): boolean {
  if (isNameMatch(outer.match) || isNameMatch(inner.match)) {
    return isNameMatch(outer.match) && coversNames(outer.match, inner.match);
  }
  const [wide, narrow] = [rangeOf(outer.match.value), rangeOf(inner.match.value)];
  return wide.family === narrow.family && wide.first <= narrow.first && narrow.last <= wide.last;
}
