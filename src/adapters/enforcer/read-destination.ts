import { destinationMatch } from '../../allow-list/destination-match.ts';
import type { Match } from '../../model/allow-list.ts';
import { withoutFullLength } from './plain-destinations.ts';

/** The host, address or network that an exported text stands for, where it stands there in canonical text. */
export function readDestination(text: string): Match | undefined {
  const value = withoutFullLength(text);
  const read = destinationMatch(value);
  return read.ok && read.match.value === value ? read.match : undefined;
}

/** The same, where it is an address or a network. */
export function readPrefix(text: string): Match | undefined {
  const match = readDestination(text);
  return match?.kind === 'host' ? undefined : match;
}

/** The same, where it is a host name. */
export function readHost(text: string): Match | undefined {
  const match = readDestination(text);
  return match?.kind === 'host' ? match : undefined;
}
