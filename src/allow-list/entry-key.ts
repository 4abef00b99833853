import type { AllowEntry, Match } from '../model/allow-list.ts';
import { digestOfJson, hexOf } from '../model/digest.ts';
import { addressBits, ipv4Value, parseAddress, rangeOf } from './address.ts';
import { isNameMatch } from './names.ts';
import { portsText } from './port-set.ts';

/** What makes an entry that entry: all that decides about traffic, and its scope. */
export function entryKey({ effect, match, protocols, ports, scope }: AllowEntry): string {
  const where = scope === undefined ? '-' : hexOf(digestOfJson(scope)).slice(0, 16);
  return `${position(match)} ${effect} ${match.kind} ${protocols.join(',')} ${portsText(ports)} ${where}`;
}

/** Positions of every prefix that holds an address, the longest first. */
export function prefixPositions(address: string): readonly string[] {
  const parsed = parseAddress(address);
  if (parsed === undefined) {
    throw new TypeError(`not an address in canonical text: ${JSON.stringify(address)}`);
  }
  const { family, value } = parsed;
  const bits = addressBits(family);
  return Array.from({ length: bits + 1 }, (_, free) =>
    addressPosition(family, (value >> BigInt(free)) << BigInt(free), bits - free),
  );
}

function position(match: Match): string {
  if (isNameMatch(match)) {
    return namePosition(match.value);
  }
  if (match.kind === 'ip' && !match.value.includes(':')) {
    return `4 ${ipv4Value(match.value).toString(16).padStart(8, '0')}/32`;
  }
  const { family, first } = rangeOf(match.value);
  const slash = match.value.indexOf('/');
  return addressPosition(
    family,
    first,
    slash === -1 ? addressBits(family) : Number(match.value.slice(slash + 1)),
  );
}

/** A name's labels from the right. */
export function namePosition(name: string): string {
  return `n ${name.split('.').reverse().join('.')}`;
}

function addressPosition(family: 4 | 6, first: bigint, prefix: number): string {
  return `${family} ${first.toString(16).padStart(addressBits(family) / 4, '0')}/${prefix}`;
}
