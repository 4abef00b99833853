import type { PortRange } from '../model/allow-list.ts';
import type { JsonValue } from '../model/json.ts';
import { type EntryProblem, entryError } from './entry-problem.ts';
import { everyPort, unionOfPorts } from './port-set.ts';
import { shownText } from './shown-text.ts';

/** Single ports that were read, each with its list. */
export type KnownPorts = Map<JsonValue, readonly PortRange[]>;

/** Most items of one entry's list. */
const itemLimit = 256;
const lastPort = 65_535;

/**
 * Ports of an entry: numbers from 1 to 65535 and texts like `8000-8010`, joined where they overlap or touch; every port
 * where there is no list. What is wrong goes to `problems` as SK1411. Entries that are read with the same `known` share
 * the lists of single ports, of which a long file has few.
 */
export function normalisePorts(
  raw: JsonValue | undefined,
  problems: EntryProblem[],
  known: KnownPorts = new Map(),
): readonly PortRange[] {
  if (raw === undefined) {
    return everyPort;
  }
  const shared = Array.isArray(raw) && raw.length === 1 ? known.get(raw[0] ?? null) : undefined;
  if (shared !== undefined) {
    return shared;
  }
  if (!Array.isArray(raw) || raw.length === 0 || raw.length > itemLimit) {
    problems.push(notAList(raw));
    return [];
  }
  const ranges: PortRange[] = [];
  for (const [index, item] of raw.entries()) {
    const range = rangeOfItem(item);
    if (range === undefined) {
      problems.push(notAPort(item, index));
    } else {
      ranges.push(range);
    }
  }
  const [only] = ranges;
  if (only === undefined || ranges.length > 1) {
    return unionOfPorts(ranges);
  }
  if (raw.length === 1 && only.first === only.last) {
    known.set(only.first, ranges);
  }
  return ranges;
}

function rangeOfItem(item: JsonValue): PortRange | undefined {
  if (typeof item === 'number') {
    return Number.isInteger(item) && isPort(item) ? { first: item, last: item } : undefined;
  }
  const [, from, to] = (typeof item === 'string' && /^([1-9][0-9]{0,4})-([1-9][0-9]{0,4})$/.exec(item)) || [];
  const [first, last] = [Number(from), Number(to)];
  return isPort(first) && isPort(last) && first <= last ? { first, last } : undefined;
}

function isPort(value: number): boolean {
  return value >= 1 && value <= lastPort;
}

function notAList(raw: JsonValue): EntryProblem {
  const count = Array.isArray(raw) ? raw.length : undefined;
  return entryError('/ports', {
    code: 'SK1411',
    message:
      count === 0
        ? 'ports is an empty list'
        : count === undefined
          ? 'ports is not a list'
          : `ports has ${count} items; at most ${itemLimit} are read`,
    hint:
      count === 0 ? 'remove it if every port is meant' : 'write a list of ports and ranges: [443, 8000-8010]',
  });
}

function notAPort(item: JsonValue, index: number): EntryProblem {
  const single = typeof item === 'string' && /^[0-9]+$/.test(item);
  return entryError(`/ports/${index}`, {
    code: 'SK1411',
    message: `${typeof item === 'string' ? shownText(item) : JSON.stringify(item)?.slice(0, 100)} is no port`,
    hint: single
      ? `write ${item.slice(0, 10)} without quotes`
      : 'write a number from 1 to 65535, or a range, its lower end first: 8000-8010',
  });
}
