import { isIPv4 } from 'node:net';
import type { Match } from '../model/allow-list.ts';
import { addressBits, addressText, parseAddress } from './address.ts';
import type { TextProblem } from './entry-problem.ts';
import { shownText } from './shown-text.ts';

/** An address or a network in canonical text, or why it is none. */
export type AddressMatch =
  | { readonly ok: true; readonly match: Match }
  | { readonly ok: false; readonly problem: TextProblem };

/** A single address in the text that `net.isIP` takes: SK1406 for any other. */
export function normaliseAddress(written: string): AddressMatch {
  if (isIPv4(written)) {
    // Strict as it is, it takes each address in one form alone.
    return { ok: true, match: { kind: 'ip', value: written } };
  }
  const address = parseAddress(written);
  if (address === undefined) {
    return { ok: false, problem: notAnAddress(written) };
  }
  if (isMapped(address.value)) {
    return { ok: false, problem: mapped(written, address.value) };
  }
  return { ok: true, match: { kind: 'ip', value: addressText(address.family, address.value) } };
}

/** A network in CIDR notation without host bits; one of full length becomes an `ip`. Gives SK1406 to SK1408. */
export function normaliseNetwork(written: string): AddressMatch {
  const [text = '', length, ...more] = written.split('/');
  const address = parseAddress(text);
  const bits = address === undefined ? 0 : addressBits(address.family);
  if (address === undefined || length === undefined || more.length > 0) {
    return { ok: false, problem: notANetwork(written, address !== undefined) };
  }
  if (!/^(?:0|[1-9][0-9]{0,2})$/.test(length) || Number(length) > bits) {
    return { ok: false, problem: notANetwork(written, false) };
  }
  const hostBits = BigInt(bits - Number(length));
  if (address.family === 6 && Number(length) > 96 && isMapped(address.value)) {
    return { ok: false, problem: mapped(written, address.value) };
  }
  const network = (address.value >> hostBits) << hostBits;
  const networkText = addressText(address.family, network);
  if (network !== address.value) {
    return { ok: false, problem: hasHostBits(written, `${networkText}/${length}`) };
  }
  return {
    ok: true,
    match:
      hostBits === 0n
        ? { kind: 'ip', value: networkText }
        : { kind: 'cidr', value: `${networkText}/${length}` },
  };
}

/** ::ffff:0:0/96, RFC 4291 section 2.5.5.2: an IPv4 address that pretends to be of the other family. */
function isMapped(value: bigint): boolean {
  return value >> 32n === 0xffffn;
}

function notAnAddress(written: string): TextProblem {
  const hint = written.includes('/')
    ? 'write a network under cidr'
    : written.includes('%')
      ? 'write the address without its zone'
      : /^[0-9a-fx.]+$/i.test(written)
        ? 'write all four numbers in decimal, without leading zeros: 192.0.2.1'
        : 'write one address, 192.0.2.1 or 2001:db8::1; a name goes under host';
  return { code: 'SK1406', message: `${shownText(written)} is no IP address`, hint };
}

function mapped(written: string, value: bigint): TextProblem {
  return {
    code: 'SK1406',
    message: `${shownText(written)} is an IPv4 address in the form of an IPv6 one`,
    hint: `write the IPv4 address, ${addressText(4, value & 0xffff_ffffn)}`,
  };
}

function notANetwork(written: string, isAddress: boolean): TextProblem {
  return {
    code: 'SK1407',
    message: `${shownText(written)} is no network`,
    hint: isAddress
      ? 'write a single address under ip'
      : 'write the first address and the length of the prefix: 192.0.2.0/24 or 2001:db8::/32',
  };
}

function hasHostBits(written: string, network: string): TextProblem {
  return {
    code: 'SK1408',
    message: `${shownText(written)} has bits after its prefix`,
    hint: `write the network, ${network}, or a single address under ip`,
  };
}
