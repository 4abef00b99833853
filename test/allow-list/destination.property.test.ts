import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressText, rangeOf } from '../../src/allow-list/address.ts';
import { applyChangeset, changesetOf } from '../../src/allow-list/changeset.ts';
import { decide } from '../../src/allow-list/decide.ts';
import { destinationPolicy } from '../../src/allow-list/destination-policy.ts';
import { allowedOnlyBy } from '../../src/allow-list/destination-space.ts';
import { effectiveSet, entriesOf } from '../../src/allow-list/effective-set.ts';
import { entriesBrought } from '../../src/allow-list/entries-brought.ts';
import { changesetRecord } from '../../src/allow-list/entry-record.ts';
import { matchesName } from '../../src/allow-list/names.ts';
import type { Destination, DestinationRule } from '../../src/model/allow-list.ts';
import { canonicalJson } from '../../src/model/canonical-json.ts';
import { allowEntry, anyEntries, anyEntry } from '../rig/allow-entries.ts';

const anyDestination: fc.Arbitrary<Destination> = fc
  .record({
    entry: anyEntry,
    below: fc.constantFrom('', 'a.', 'zz.', 'zz.a.'),
    protocol: fc.constantFrom('tcp', 'udp'),
    port: fc.constantFrom(1, 79, 80, 81, 82, 443, 479, 8000, 65_535),
  })
  .map(({ entry: { match }, below, protocol, port }) => ({
    target:
      match.kind === 'ip' || match.kind === 'cidr'
        ? { kind: 'ip', value: addressText(rangeOf(match.value).family, rangeOf(match.value).last) }
        : { kind: 'name', value: `${below}${match.value}` },
    protocol,
    port,
  }));

describe('the effective set', () => {
  it('decides as every entry by itself would: a denial beats every permission', () => {
    fc.assert(
      fc.property(anyEntries, anyDestination, (entries, destination) => {
        const verdict = decide(effectiveSet(entries).text, destination, {});
        expect(verdict.allowed).toBe(isAllowed(entries, destination));
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same text whatever the order of its entries', () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        const set = effectiveSet(entries);
        expect(effectiveSet(entriesOf(set.text).toReversed()).digest).toBe(set.digest);
      }),
    );
  });
});

describe('the policy of a list', () => {
  it('allows what the entries allow, and nothing else', () => {
    fc.assert(
      fc.property(anyEntries, anyDestination, (entries, destination) => {
        const { addresses, names } = destinationPolicy(entries);
        const allowed =
          destination.target.kind === 'ip'
            ? addresses.some((rule) =>
                rule.prefixes.some((value) =>
                  isAllowed([{ ...rule, effect: 'allow', match: { kind: 'cidr', value } }], destination),
                ),
              )
            : names.some(
                (rule) =>
                  isAllowed([{ ...rule, effect: 'allow' }], destination) &&
                  isAllowed([{ ...rule, effect: 'allow' }, ...rule.holes], destination),
              );
        expect(allowed).toBe(isAllowed(entries, destination));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a comparison of spaces', () => {
  it('finds nothing between a list and the policy made of it', () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        const { addresses } = destinationPolicy(entries);
        const rules: DestinationRule[] = addresses.flatMap(({ prefixes, protocols, ports }) =>
          prefixes.map((value) => ({ effect: 'allow', match: { kind: 'cidr', value }, protocols, ports })),
        );
        const ofAddresses = entries.filter(({ match }) => match.kind === 'ip' || match.kind === 'cidr');
        expect(allowedOnlyBy(rules, ofAddresses)).toEqual([]);
        expect(allowedOnlyBy(ofAddresses, rules)).toEqual([]);
      }),
    );
  });

  it('finds a difference wherever some destination is decided differently', () => {
    fc.assert(
      fc.property(anyEntries, anyEntries, anyDestination, (left, right, destination) => {
        if (isAllowed(left, destination) && !isAllowed(right, destination)) {
          expect(allowedOnlyBy(left, right)).not.toEqual([]);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a changeset', () => {
  it('makes of one set the other that it was made for', () => {
    fc.assert(
      fc.property(anyEntries, anyEntries, (left, right) => {
        const [before, after] = [effectiveSet(left).text, effectiveSet(right).text];
        expect(applyChangeset(before, changesetOf(before, after))).toBe(after);
      }),
    );
  });

  it('holds of two long sets what differs, and nothing else', () => {
    const addressed = (number: number, reason: string) =>
      allowEntry({ kind: 'ip', value: `20.0.${number >> 8}.${number & 255}` }, { reason });
    const what = fc.constantFrom('same', 'same', 'same', 'same', 'changed', 'added', 'removed');
    fc.assert(
      fc.property(fc.array(what, { maxLength: 400, size: 'max' }), fc.nat(3000), (edits, blank) => {
        const told = edits.map((edit, number) => [edit, addressed(number, `r${'x'.repeat(blank)}`)] as const);
        const those = (...wanted: readonly string[]) =>
          told.flatMap(([edit, entry]) => (wanted.includes(edit) ? [entry] : []));
        const changed = those('changed').map((before) => ({ before, after: { ...before, reason: 'r' } }));
        const before = effectiveSet(those('same', 'changed', 'removed'));
        const after = effectiveSet([...those('same', 'added'), ...changed.map((change) => change.after)]);
        expect(changesetOf(before.text, after.text)).toEqual({
          added: those('added'),
          removed: those('removed'),
          changed: blank === 0 ? [] : changed,
        });
      }),
    );
  });

  it('does not fit another set than the one that it was made for', () => {
    const before = effectiveSet([]).text;
    fc.assert(
      fc.property(anyEntry, (entry) => {
        const { text } = effectiveSet([entry]);
        expect(applyChangeset(before, changesetOf(text, before))).toBeUndefined();
        expect(applyChangeset(text, changesetOf(before, text))).toBeUndefined();
      }),
    );
  });
});

/** The meaning of a list, without any index. */
function isAllowed(entries: readonly DestinationRule[], destination: Destination): boolean {
  const about = entries.filter((entry) => speaksOf(entry, destination));
  return about.some(({ effect }) => effect === 'allow') && about.every(({ effect }) => effect === 'allow');
}

function speaksOf(
  { match, protocols, ports }: DestinationRule,
  { target, protocol, port }: Destination,
): boolean {
  if (!protocols.includes(protocol) || !ports.some(({ first, last }) => first <= port && port <= last)) {
    return false;
  }
  const isAddress = match.kind === 'ip' || match.kind === 'cidr';
  if (isAddress !== (target.kind === 'ip')) {
    return false;
  }
  if (!isAddress) {
    return matchesName(match, target.value);
  }
  const [range, address] = [rangeOf(match.value), rangeOf(target.value)];
  return range.family === address.family && range.first <= address.first && address.last <= range.last;
}

describe('the text of a long changeset', () => {
  it('tells what it brings of one entry as the parsed changeset does', () => {
    fc.assert(
      fc.property(anyEntries, anyEntries, anyEntry, (left, right, wanted) => {
        const [before, after] = [effectiveSet(left).text, effectiveSet(right).text];
        const changeset = changesetOf(before, after);
        const brought = [...changeset.added, ...changeset.changed.map((change) => change.after)];
        const text = Buffer.from(canonicalJson(changesetRecord(changeset)));
        for (const entry of [...brought, wanted]) {
          expect(entriesBrought(text, entry)).toEqual(
            brought.filter(
              ({ effect, match }) =>
                effect === entry.effect &&
                match.kind === entry.match.kind &&
                match.value === entry.match.value,
            ),
          );
        }
      }),
    );
  });
});
