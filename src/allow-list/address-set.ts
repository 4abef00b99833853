import type { AddressFamily, AddressRange } from './address.ts';

/** Ranges of one family: sorted, neither overlapping nor touching. */
export type AddressSet = readonly AddressRange[];

/** The union of ranges of one family. */
export function unionOf(ranges: Iterable<AddressRange>): AddressSet {
  const sorted = [...ranges].sort(byFirst);
  const merged: AddressRange[] = [];
  for (const range of sorted) {
    const previous = merged.at(-1);
    if (previous !== undefined && range.first <= previous.last + 1n) {
      if (range.last > previous.last) {
        merged[merged.length - 1] = { ...previous, last: range.last };
      }
    } else {
      merged.push(range);
    }
  }
  return merged;
}

/** What of `left` is not in `right`; both of one family. */
export function withoutAddresses(left: AddressSet, right: AddressSet): AddressSet {
  const rest: AddressRange[] = [];
  let next = 0;
  for (const { family, first, last } of left) {
    let hole = right[next];
    while (hole !== undefined && hole.last < first) {
      hole = right[++next];
    }
    let from = first;
    for (let index = next; hole !== undefined && hole.first <= last; hole = right[++index]) {
      if (hole.first > from) {
        rest.push({ family, first: from, last: hole.first - 1n });
      }
      from = hole.last + 1n > from ? hole.last + 1n : from;
    }
    if (from <= last) {
      rest.push({ family, first: from, last });
    }
  }
  return rest;
}

/** The range of the set that holds an address. */
export function rangeWith(set: AddressSet, value: bigint): AddressRange | undefined {
  const next = firstNotBefore(set, value);
  return next !== undefined && next.first <= value ? next : undefined;
}

/** The first range of a set that ends at an address or after it. */
export function firstNotBefore(set: AddressSet, value: bigint): AddressRange | undefined {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((set[middle]?.last ?? 0n) < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return set[low];
}

/** Whether a set and a range of its family share an address. */
export function touches(set: AddressSet, { first, last }: AddressRange): boolean {
  const next = firstNotBefore(set, first);
  return next !== undefined && next.first <= last;
}

export function ofFamily(ranges: Iterable<AddressRange>, family: AddressFamily): readonly AddressRange[] {
  return [...ranges].filter((range) => range.family === family);
}

function byFirst(left: AddressRange, right: AddressRange): number {
  return left.first < right.first ? -1 : left.first > right.first ? 1 : 0;
}
