import { type AddressRange, prefixesOf } from '../../../allow-list/address.ts';

/** An address or a CIDR with when it ends, in milliseconds of UNIX time; Infinity for never. */
export interface Ending {
  /** In canonical text. */
  readonly value: string;
  readonly endsAtMs: number;
  readonly comment: string;
}

export interface EndingRange extends Ending {
  readonly range: AddressRange;
}

/**
 * The same addresses in CIDRs that do not overlap, each with the latest end of the ranges that held it; sorted. Takes
 * CIDRs, which either contain each other or have nothing in common.
 */
export function disjointPieces(ranges: readonly EndingRange[]): readonly Ending[] {
  const pieces: Ending[] = [];
  const open: EndingRange[] = [];
  let from = 0n;
  const emitUpTo = (last: bigint, holder: EndingRange) => {
    const { range, endsAtMs, comment } = holder;
    if (from === range.first && last === range.last) {
      pieces.push(holder);
    } else if (from <= last) {
      const rest = prefixesOf({ ...range, first: from, last });
      pieces.push(...rest.map((value) => ({ value, endsAtMs, comment })));
    }
    from = last + 1n;
  };
  const closeBefore = (next: EndingRange | undefined) => {
    for (let top = open.at(-1); top !== undefined && isApart(top, next); top = open.at(-1)) {
      emitUpTo(top.range.last, top);
      open.pop();
    }
  };
  for (const next of [...ranges].sort(outermostFirst)) {
    closeBefore(next);
    const holder = open.at(-1);
    if (holder !== undefined && holder.endsAtMs >= next.endsAtMs) {
      continue;
    }
    if (holder !== undefined) {
      emitUpTo(next.range.first - 1n, holder);
    }
    open.push(next);
    from = next.range.first;
  }
  closeBefore(undefined);
  return pieces;
}

function isApart(top: EndingRange, next: EndingRange | undefined): boolean {
  return next === undefined || top.range.last < next.range.first;
}

function outermostFirst(left: EndingRange, right: EndingRange): number {
  if (left.range.first !== right.range.first) {
    return left.range.first < right.range.first ? -1 : 1;
  }
  if (left.range.last !== right.range.last) {
    return left.range.last > right.range.last ? -1 : 1;
  }
  return right.endsAtMs - left.endsAtMs;
}
