import { type AddressFamily, type AddressRange, rangeOf } from './address.ts';
import { type AddressSet, ofFamily, touches, unionOf } from './address-set.ts';
import { asList, type EntriesByValue, oneOf } from './entries-by-value.ts';
import type { ListedEntry } from './listed-entry.ts';
import { coverersLimit } from './name-coverers.ts';
import { isNameMatch } from './names.ts';

/**
 * Each entry of addresses with those that mean all its addresses, itself among them; entries that nobody else is near
 * are left out. Networks either hold one another or share nothing, so that in their order those that hold an address
 * are always the last ones that have not ended.
 */
export function* addressCoverers(
  networks: readonly Network[],
): Iterable<readonly [ListedEntry, readonly ListedEntry[]]> {
  const open: Network[] = [];
  for (const network of networks) {
    for (
      let last = open.at(-1);
      last !== undefined && !holds(last.range, network.range);
      last = open.at(-1)
    ) {
      open.pop();
    }
    open.push(network);
    if (open.length > 1 || network.entries.length > 1) {
      const near = nearest(open);
      for (const listed of network.entries) {
        yield [listed, near];
      }
    }
  }
}

/** Entries of the innermost network and of those around it. */
function nearest(open: readonly Network[]): readonly ListedEntry[] {
  const near = (open.at(-1)?.entries ?? []).slice(0, coverersLimit);
  for (let index = open.length - 2; index >= 0 && near.length < 2 * coverersLimit; index--) {
    near.push(...(open[index]?.entries.slice(0, coverersLimit) ?? []));
  }
  return near;
}

/** Entries that mean the same addresses. */
export interface Network {
  readonly range: AddressRange;
  readonly entries: readonly ListedEntry[];
}

/**
 * Entries of addresses by network, in the order of their first addresses, the wider one first. An address that stands
 * once, in no network and nowhere that the caller asks about, is left out: in a long list most are like that.
 */
export function networksOf(
  byValue: EntriesByValue,
  isAskedAbout: (range: AddressRange) => boolean,
): readonly Network[] {
  const wide = networkReach(byValue);
  const networks: Network[] = [];
  for (const [value, present] of byValue) {
    const { match } = oneOf(present).entry;
    if (isNameMatch(match)) {
      continue;
    }
    const range = rangeOf(value);
    if (!('entry' in present) || touches(wide[range.family], range) || isAskedAbout(range)) {
      networks.push({ range, entries: asList(present) });
    }
  }
  return networks.sort((left, right) => byPosition(left.range, right.range));
}

function networkReach(byValue: EntriesByValue): Readonly<Record<AddressFamily, AddressSet>> {
  const ranges: AddressRange[] = [];
  for (const [value, present] of byValue) {
    if (oneOf(present).entry.match.kind === 'cidr') {
      ranges.push(rangeOf(value));
    }
  }
  return { 4: unionOf(ofFamily(ranges, 4)), 6: unionOf(ofFamily(ranges, 6)) };
}

function byPosition(left: AddressRange, right: AddressRange): number {
  if (left.family !== right.family) {
    return left.family - right.family;
  }
  if (left.first !== right.first) {
    return left.first < right.first ? -1 : 1;
  }
  return left.last > right.last ? -1 : 1;
}

function holds(outer: AddressRange, inner: AddressRange): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}
