import * as fc from 'fast-check';
import { prefixesOf, rangeOf } from '../../src/allow-list/address.ts';
import { unionOfPorts } from '../../src/allow-list/port-set.ts';
import type { AllowEntry, Match, Protocol } from '../../src/model/allow-list.ts';

/** Entries in normal form, close enough together that they overlap, contain and contradict each other often. */
export const anyEntry: fc.Arbitrary<AllowEntry> = fc
  .record({
    effect: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
    match: fc.oneof(anyNameMatch(), anyAddressMatch()),
    protocols: fc.constantFrom<readonly Protocol[]>(['tcp'], ['udp'], ['tcp', 'udp']),
    ports: fc.oneof(
      fc.constant([{ first: 0, last: 65_535 }]),
      fc.array(anyPortRange(), { minLength: 1, maxLength: 3 }).map(unionOfPorts),
    ),
    reason: fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
    expiresAt: fc.constantFrom(undefined, undefined, '2027-01-31T00:00:00Z'),
  })
  .map(({ expiresAt, ...entry }) => ({
    ...entry,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    list: 'random',
  }));

/** A list of them. */
export const anyEntries: fc.Arbitrary<readonly AllowEntry[]> = fc.array(anyEntry, { maxLength: 12 });

/** An entry with what a test does not speak of filled in. */
export function allowEntry(match: Match, rest: Partial<AllowEntry> = {}): AllowEntry {
  return {
    effect: 'allow',
    match,
    protocols: ['tcp', 'udp'],
    ports: [{ first: 0, last: 65_535 }],
    reason: 'a test',
    list: 'test',
    ...rest,
  };
}

function anyPortRange() {
  return fc
    .tuple(fc.constantFrom(1, 79, 80, 81, 443, 8000), fc.constantFrom(0, 1, 2, 400))
    .map(([first, more]) => ({ first, last: first + more }));
}

function anyNameMatch(): fc.Arbitrary<Match> {
  return fc.record({
    kind: fc.constantFrom('host', 'subdomains', 'apexAndSubdomains', 'oneLabel'),
    value: fc
      .array(fc.constantFrom('a', 'b', 'xn--fa-hia'), { minLength: 1, maxLength: 3 })
      .map((labels) => [...labels, 'example', 'org'].join('.')),
  });
}

function anyAddressMatch(): fc.Arbitrary<Match> {
  const four = fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 20, max: 32 }))
    .map(([last, prefix]) => network(`198.51.100.${last}`, prefix, 32));
  const six = fc
    .tuple(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 108, max: 128 }))
    .map(([last, prefix]) => network(`2001:db8::${last.toString(16)}`, prefix, 128));
  return fc.oneof(four, six);
}

function network(address: string, prefix: number, bits: number): Match {
  const { family, first } = rangeOf(address);
  const free = BigInt(bits - prefix);
  const start = (first >> free) << free;
  const [value = ''] = prefixesOf({ family, first: start, last: start + (1n << free) - 1n });
  return { kind: value.includes('/') ? 'cidr' : 'ip', value };
}
