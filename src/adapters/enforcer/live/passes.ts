import { type AddressRange, parseAddress, rangeOf } from '../../../allow-list/address.ts';
import { rangeWith } from '../../../allow-list/address-set.ts';
import { hasPort } from '../../../allow-list/port-set.ts';
import type { Protocol } from '../../../model/allow-list.ts';
import type { NftTable } from '../nftables/nft-table.ts';

/** Whether the rules of a table let packets to an address pass. */
export type Passes = (protocol: Protocol, address: string, port: number) => boolean;

export function passesOf({ sets, rules }: NftTable): Passes {
  const holds = new Map(
    sets.map((set) => {
      const values = set.elements.map(({ value }) => value);
      const ranges = values
        .filter((value) => value.includes('/'))
        .map(rangeOf)
        .sort((left: AddressRange, right: AddressRange) => (left.first < right.first ? -1 : 1));
      const hosts = new Set(values);
      return [
        set.name,
        (address: string, value: bigint) => hosts.has(address) || rangeWith(ranges, value) !== undefined,
      ] as const;
    }),
  );
  return (protocol, address, port) => {
    const parsed = parseAddress(address);
    const rule = rules.find(
      ({ set, family, protocols, ports }) =>
        parsed?.family === family &&
        protocols.includes(protocol) &&
        hasPort(ports, port) &&
        holds.get(set)?.(address, parsed.value),
    );
    return rule?.verdict === 'accept';
  };
}
