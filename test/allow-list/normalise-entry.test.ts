import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseEntry } from '../../src/allow-list/normalise-entry.ts';
import { rawEntryOf } from '../../src/allow-list/raw-entry.ts';

const plain = { match: { host: 'deb.debian.org' }, reason: 'updates' };

function problemsOf(raw: unknown): readonly string[] {
  const normal = normaliseEntry(raw, 'lab');
  return (normal.ok ? normal.warnings : normal.problems).map(({ code, pointer }) => `${code} ${pointer}`);
}

describe('an entry', () => {
  test('with the least that it needs is active for every port and both protocols, everywhere', () => {
    expect(normaliseEntry(plain, 'lab')).toEqual({
      ok: true,
      status: 'active',
      warnings: [],
      entry: {
        effect: 'allow',
        match: { kind: 'host', value: 'deb.debian.org' },
        protocols: ['tcp', 'udp'],
        ports: [{ first: 0, last: 65_535 }],
        reason: 'updates',
        list: 'lab',
      },
    });
  });

  test('joins ports, and sorts what its scope names', () => {
    const samples = [`sha256:${'b'.repeat(64)}`, `sha256:${'a'.repeat(64)}`];
    const raw = {
      ...plain,
      ports: [8001, '443-500', 8000, 443, '501-600', 65535],
      protocol: 'udp',
      scope: { pools: ['b', 'a', 'b'], samples },
      owner: 'Ada',
      source: 'dns query',
      expiresAt: '2028-02-29T23:59:59Z',
    };
    expect(normaliseEntry(raw, 'lab')).toMatchObject({
      entry: {
        protocols: ['udp'],
        ports: [
          { first: 443, last: 600 },
          { first: 8000, last: 8001 },
          { first: 65_535, last: 65_535 },
        ],
        scope: { pools: ['a', 'b'], samples: samples.toSorted() },
        owner: 'Ada',
        source: 'dns query',
        expiresAt: '2028-02-29T23:59:59Z',
      },
    });
  });

  test.each([
    ['candidate', 'allow'],
    ['active', 'allow'],
    ['denied', 'deny'],
  ])('that is %s has the effect %s', (status, effect) => {
    expect(normaliseEntry({ ...plain, status }, 'lab')).toMatchObject({ status, entry: { effect } });
  });

  test.each([
    ['no map', 'text', ['SK1415 ']],
    ['a list', [], ['SK1415 ']],
    ['nothing', null, ['SK1415 ']],
    ['empty', {}, ['SK1401 ', 'SK1415 ']],
    ['an unknown field', { ...plain, raeson: 'x' }, ['SK1416 /raeson']],
    [
      'a key that objects have',
      JSON.parse('{"__proto__": 1, "match": {"host": "a.b"}, "reason": "r"}'),
      ['SK1416 /__proto__'],
    ],
    ['a match that is no map', { ...plain, match: 'a.b' }, ['SK1401 /match']],
    ['an empty match', { ...plain, match: {} }, ['SK1401 /match']],
    ['two matches', { ...plain, match: { host: 'a.b', ip: '192.0.2.1' } }, ['SK1401 /match']],
    ['an unknown match', { ...plain, match: { wildcard: 'a.b' } }, ['SK1401 /match/wildcard']],
    ['a number as match', { ...plain, match: { ip: 1 } }, ['SK1401 /match/ip']],
    ['host bits', { ...plain, match: { cidr: '192.0.2.1/24' } }, ['SK1408 /match/cidr']],
    ['no ports', { ...plain, ports: [] }, ['SK1411 /ports']],
    ['ports as text', { ...plain, ports: '443' }, ['SK1411 /ports']],
    [
      'bad ports',
      { ...plain, ports: [0, 65536, 1.5, '443', '2-1', '0-1', '1-65536', '01-2', null, 443] },
      Array.from({ length: 9 }, (_, index) => `SK1411 /ports/${index}`),
    ],
    ['too many ports', { ...plain, ports: Array.from({ length: 257 }, () => 1) }, ['SK1411 /ports']],
    ['an unknown protocol', { ...plain, protocol: 'TCP' }, ['SK1417 /protocol']],
    ['an unknown status', { ...plain, status: 1 }, ['SK1417 /status']],
    ['an empty scope', { ...plain, scope: {} }, ['SK1413 /scope']],
    ['a scope for nobody', { ...plain, scope: { pools: [] } }, ['SK1413 /scope/pools']],
    [
      'bad scope names',
      { ...plain, scope: { pools: ['A', 1], samples: ['x'] } },
      ['SK1413 /scope/pools/0', 'SK1413 /scope/pools/1', 'SK1413 /scope/samples/0'],
    ],
    ['an unknown scope', { ...plain, scope: { pool: ['a'] } }, ['SK1416 /scope/pool', 'SK1413 /scope']],
    ['a blank reason', { ...plain, reason: '  ' }, ['SK1414 /reason']],
    ['a long reason', { ...plain, reason: 'x'.repeat(501) }, ['SK1414 /reason']],
    ['a long owner', { ...plain, owner: 'é'.repeat(201) }, ['SK1414 /owner']],
    ['a source of two lines', { ...plain, source: 'a\nb' }, ['SK1414 /source']],
    ['a reason that turns around', { ...plain, reason: 'a\u202eb' }, ['SK1414 /reason']],
    ['half a character', { ...plain, reason: 'a\ud83d' }, ['SK1414 /reason']],
    ['a day that is not', { ...plain, expiresAt: '2027-02-29T00:00:00Z' }, ['SK1412 /expiresAt']],
    ['the hour 24', { ...plain, expiresAt: '2027-02-28T24:00:00Z' }, ['SK1412 /expiresAt']],
    ['a leap second', { ...plain, expiresAt: '2016-12-31T23:59:60Z' }, ['SK1412 /expiresAt']],
    ['an offset', { ...plain, expiresAt: '2027-02-28T00:00:00+00:00' }, ['SK1412 /expiresAt']],
    ['a date', { ...plain, expiresAt: '2027-02-28' }, ['SK1412 /expiresAt']],
    ['a number as time', { ...plain, expiresAt: 0 }, ['SK1412 /expiresAt']],
  ])('is refused with its place: %s', (_what, raw, problems) => {
    expect(problemsOf(raw)).toEqual(problems);
  });

  test('may have a reason of 500 characters of any script', () => {
    expect(problemsOf({ ...plain, reason: '👩‍🔬é'.repeat(100) })).toEqual([]);
    expect(problemsOf({ ...plain, reason: '𝒳'.repeat(500) })).toEqual([]);
  });

  test('written back from its normal form has the same normal form', () => {
    const label = fc.stringMatching(/^[A-Za-z0-9_](?:[a-z0-9-]{0,5}[a-z0-9])?$/);
    const name = fc
      .tuple(label, label, fc.constantFrom('org', 'COM', 'de.'))
      .map((labels) => labels.join('.'));
    const match = fc.oneof(
      fc.record({ host: name }),
      fc.record({ subdomains: name }),
      fc.record({ apexAndSubdomains: name }),
      fc.record({ oneLabel: name }),
      fc.record({ ip: fc.oneof(fc.ipV4(), fc.ipV6()) }),
      fc.record({ cidr: fc.constantFrom('10.0.0.0/8', '192.0.2.4/30', '2001:DB8::/32', '192.0.2.1/32') }),
    );
    const port = fc.integer({ min: 1, max: 65_535 });
    const range = fc
      .tuple(port, port)
      .map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`);
    const text = fc.stringMatching(/^[a-zA-Zäöü 0-9]{0,20}x$/);
    const names = fc.array(fc.stringMatching(/^[a-z0-9]{1,4}$/), { minLength: 1, maxLength: 4 });
    const raw = fc.record(
      {
        match,
        ports: fc.array(fc.oneof(port, range), { minLength: 1, maxLength: 6 }),
        protocol: fc.constantFrom('tcp', 'udp'),
        scope: fc.record({ runProfiles: names, pools: names }, { requiredKeys: ['pools'] }),
        status: fc.constantFrom('candidate', 'active', 'denied'),
        reason: text,
        owner: text,
        expiresAt: fc
          .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
          .map((date) => date.toISOString().replace(/\.\d+/, '')),
        source: text,
      },
      { requiredKeys: ['match', 'reason'] },
    );
    let normalised = 0;
    fc.assert(
      fc.property(raw, (written) => {
        const normal = normaliseEntry(written, 'lab');
        if (normal.ok) {
          normalised++;
          const back = rawEntryOf(normal.entry, normal.status);
          const again = normaliseEntry(back, 'lab');
          expect(again.ok && { entry: again.entry, status: again.status }).toEqual({
            entry: normal.entry,
            status: normal.status,
          });
          expect(rawEntryOf(normal.entry, normal.status)).toEqual(back);
        }
      }),
      { numRuns: 1000 },
    );
    expect(normalised).toBeGreaterThan(500);
  });
});
