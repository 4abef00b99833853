import type { AddressFamily } from '../../../allow-list/address.ts';
import { portsText } from '../../../allow-list/port-set.ts';
import type { PortRange, Protocol } from '../../../model/allow-list.ts';
import { type Digest, digestOfBytes, hexOf } from '../../../model/digest.ts';

/** The table of a list: what its file says and, read back, what the kernel has. */
export interface NftTable {
  readonly name: string;
  readonly mark: AppliedMark;
  readonly sets: readonly NftSet[];
  /** In the order of evaluation: every denial stands before the first permission. */
  readonly rules: readonly NftRule[];
  /** Chains whose lines hold for every list. */
  readonly baseChains: readonly NftChain[];
}

/** Which set of entries a table holds; changes in the same transaction as they do. */
export interface AppliedMark {
  readonly revision: number;
  /** Counter of the catalog's head that it was applied under; null in an exported file. */
  readonly headCounter: number | null;
  readonly set: Digest;
}

/**
 * Addresses with the same service. Ranges stand apart from single addresses, of which a kernel takes many at once, and
 * what ends by itself stands apart from what does not. What a resolver learns is in sets of its own.
 */
export interface NftSet {
  readonly name: string;
  readonly family: AddressFamily;
  readonly holds: 'hosts' | 'ranges' | 'timed hosts' | 'timed ranges' | 'learned';
  readonly elements: readonly NftElement[];
}

export interface NftElement {
  /** An address or a CIDR in canonical text. */
  readonly value: string;
  /** Whole seconds until it ends; in a kernel's answer what is left of them, rounded up. */
  readonly timeoutSeconds?: number;
  readonly comment?: string;
}

/** What happens to a packet to one of the addresses, or from it where it answers. */
export interface NftRule {
  readonly set: string;
  readonly family: AddressFamily;
  readonly protocols: readonly Protocol[];
  readonly ports: readonly PortRange[];
  readonly verdict: 'accept' | 'refuse';
}

export interface NftChain {
  readonly name: string;
  readonly lines: readonly string[];
}

/** How long an address that a name resolved to stays allowed after the last answer with it. */
export const learnedForSeconds = 3600;

/** The table of a list; a kernel takes names of 255 bytes. */
export function tableName(list: string): string {
  return `sandkiln-${list}`;
}

/** A name that sets of a service share: `tcp_80-81_443`; a digest where that would be too long. */
export function serviceName(protocols: readonly Protocol[], ports: readonly PortRange[]): string {
  const text = portsText(ports);
  const name = [...protocols, ...(text === '*' ? [] : text.split(','))].join('_');
  return name.length <= 48 ? name : `service_${hexOf(digestOfBytes(name)).slice(0, 24)}`;
}
