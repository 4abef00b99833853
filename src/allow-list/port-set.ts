import type { PortRange } from '../model/allow-list.ts';

/** Every port. */
export const everyPort: readonly PortRange[] = [{ first: 0, last: 65_535 }];

/** Sorted, neither overlapping nor touching. */
export function unionOfPorts(ranges: Iterable<PortRange>): readonly PortRange[] {
  const sorted = [...ranges].sort((left, right) => left.first - right.first);
  const merged: PortRange[] = [];
  for (const range of sorted) {
    const previous = merged.at(-1);
    if (previous !== undefined && range.first <= previous.last + 1) {
      merged[merged.length - 1] = { first: previous.first, last: Math.max(previous.last, range.last) };
    } else {
      merged.push(range);
    }
  }
  return merged;
}

/** What of `left` is not in `right`. */
export function withoutPorts(left: readonly PortRange[], right: readonly PortRange[]): readonly PortRange[] {
  let rest = left;
  for (const hole of right) {
    rest = rest.flatMap((range) =>
      hole.last < range.first || hole.first > range.last
        ? [range]
        : [
            ...(range.first < hole.first ? [{ first: range.first, last: hole.first - 1 }] : []),
            ...(range.last > hole.last ? [{ first: hole.last + 1, last: range.last }] : []),
          ],
    );
  }
  return rest;
}

/** What both have. */
export function sharedPorts(left: readonly PortRange[], right: readonly PortRange[]): readonly PortRange[] {
  return left.flatMap((one) =>
    right.flatMap((other) => {
      const first = Math.max(one.first, other.first);
      const last = Math.min(one.last, other.last);
      return first <= last ? [{ first, last }] : [];
    }),
  );
}

export function hasPort(ranges: readonly PortRange[], port: number): boolean {
  return ranges.some(({ first, last }) => port >= first && port <= last);
}

export function isEveryPort(ranges: readonly PortRange[]): boolean {
  const [only] = ranges;
  return ranges.length === 1 && only?.first === 0 && only.last === 65_535;
}

/** `443,8000-8010`; `*` for every port. */
export function portsText(ranges: readonly PortRange[]): string {
  return isEveryPort(ranges) ? '*' : ranges.map(portRangeText).join(',');
}

function portRangeText({ first, last }: PortRange): string {
  return first === last ? `${first}` : `${first}-${last}`;
}

/** Reads {@link portsText} back. */
export function parsePorts(text: string): readonly PortRange[] {
  return text === '*' ? everyPort : text.split(',').map(parsePortRange);
}

function parsePortRange(text: string): PortRange {
  const [first = '', last = first] = text.split('-');
  return { first: Number(first), last: Number(last) };
}
