import type { AllowEntry, Destination } from '../model/allow-list.ts';
import { entryOfLine } from './effective-set.ts';
import { namePosition, prefixPositions } from './entry-key.ts';
import { matchesName, nameAndAbove } from './names.ts';
import { hasPort } from './port-set.ts';

/** All entries of a set, in its text, that say something about a destination. */
export function entriesAbout(text: string, destination: Destination): readonly AllowEntry[] {
  const { target, protocol, port } = destination;
  const positions =
    target.kind === 'name' ? nameAndAbove(target.value).map(namePosition) : prefixPositions(target.value);
  return positions
    .flatMap((at) => entriesAt(text, at))
    .filter(
      (entry) =>
        entry.protocols.includes(protocol) &&
        hasPort(entry.ports, port) &&
        (target.kind === 'ip' || matchesName(entry.match, target.value)),
    );
}

function entriesAt(text: string, at: string): readonly AllowEntry[] {
  const wanted = `${at} `;
  const found: AllowEntry[] = [];
  for (let start = firstLineFrom(text, wanted); text.startsWith(wanted, start); ) {
    const end = text.indexOf('\n', start);
    found.push(entryOfLine(text.slice(start, end)));
    start = end + 1;
  }
  return found;
}

/** Where the first line that is not below a text starts. */
function firstLineFrom(text: string, wanted: string): number {
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const start = text.lastIndexOf('\n', middle - 1) + 1;
    if (start < low || text.slice(start, start + wanted.length) < wanted) {
      const end = text.indexOf('\n', middle);
      low = end === -1 ? text.length : end + 1;
    } else {
      high = start;
    }
  }
  return low;
}
