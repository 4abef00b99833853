import { isIPv4, isIPv6 } from 'node:net';

export type AddressFamily = 4 | 6;

/** Addresses from `first` to `last`, both included, as numbers in network order. */
export interface AddressRange {
  readonly family: AddressFamily;
  readonly first: bigint;
  readonly last: bigint;
}

/** Bits of an address. */
export function addressBits(family: AddressFamily): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/**
 * Reads an address as `net.isIP` has it, and nothing looser: octal, hexadecimal and shortened forms, zone ids and
 * surrounding space give nothing.
 */
export function parseAddress(
  text: string,
): { readonly family: AddressFamily; readonly value: bigint } | undefined {
  if (isIPv4(text)) {
    return { family: 4, value: BigInt(ipv4Value(text)) };
  }
  return isIPv6(text) && !text.includes('%') ? { family: 6, value: ipv6Value(text) } : undefined;
}

/** A dotted quad for family 4; RFC 5952 for family 6, never with an embedded IPv4 part. */
export function addressText(family: AddressFamily, value: bigint): string {
  return family === 4 ? ipv4Text(Number(value)) : ipv6Text(value);
}

/** The range of an `ip` or `cidr` in canonical text; throws for other text, which no normal form holds. */
export function rangeOf(value: string): AddressRange {
  const slash = value.indexOf('/');
  const address = parseAddress(slash === -1 ? value : value.slice(0, slash));
  if (address === undefined) {
    throw new TypeError(`not an address in canonical text: ${JSON.stringify(value)}`);
  }
  const { family, value: first } = address;
  if (slash === -1) {
    return { family, first, last: first };
  }
  const prefix = Number(value.slice(slash + 1));
  return { family, first, last: first + (1n << BigInt(addressBits(family) - prefix)) - 1n };
}

/** The fewest prefixes that are together exactly the range, lowest first; one of full length is a bare address. */
export function prefixesOf({ family, first, last }: AddressRange): readonly string[] {
  const bits = addressBits(family);
  const prefixes: string[] = [];
  let next = first;
  while (next <= last) {
    let size = next === 0n ? bits : Math.min(bits, trailingZeros(next));
    while (next + (1n << BigInt(size)) - 1n > last) {
      size--;
    }
    const text = addressText(family, next);
    prefixes.push(size === 0 ? text : `${text}/${bits - size}`);
    next += 1n << BigInt(size);
  }
  return prefixes;
}

function trailingZeros(value: bigint): number {
  let zeros = 0;
  let rest = value;
  while ((rest & 0xffffn) === 0n) {
    zeros += 16;
    rest >>= 16n;
  }
  while ((rest & 1n) === 0n) {
    zeros++;
    rest >>= 1n;
  }
  return zeros;
}

/** Of a dotted quad as `net.isIPv4` has it. */
export function ipv4Value(text: string): number {
  let value = 0;
  let part = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x2e) {
      value = value * 256 + part;
      part = 0;
    } else {
      part = part * 10 + code - 0x30;
    }
  }
  return value * 256 + part;
}

function ipv4Text(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

function ipv6Value(text: string): bigint {
  const dotted = text.lastIndexOf(':') + 1;
  const plain = text.includes('.')
    ? `${text.slice(0, dotted)}${groupsOfQuad(ipv4Value(text.slice(dotted)))}`
    : text;
  const [head = '', tail] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`);
}

function groupsOfQuad(value: number): string {
  return `${Math.floor(value / 65_536).toString(16)}:${(value % 65_536).toString(16)}`;
}

/** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups shortened. */
function ipv6Text(value: bigint): string {
  const digits = value.toString(16).padStart(32, '0');
  const groups = Array.from({ length: 8 }, (_, index) =>
    Number.parseInt(digits.slice(4 * index, 4 * index + 4), 16),
  );
  const run = longestZeroRun(groups);
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  return run === undefined
    ? text(groups)
    : `${text(groups.slice(0, run.start))}::${text(groups.slice(run.start + run.length))}`;
}

function longestZeroRun(
  groups: readonly number[],
): { readonly start: number; readonly length: number } | undefined {
  let best: { readonly start: number; readonly length: number } | undefined;
  let start = 0;
  for (let index = 0; index <= groups.length; index++) {
    if (groups[index] === 0) {
      continue;
    }
    const length = index - start;
    if (length >= 2 && length > (best?.length ?? 0)) {
      best = { start, length };
    }
    start = index + 1;
  }
  return best;
}
