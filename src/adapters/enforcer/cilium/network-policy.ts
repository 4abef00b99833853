import { addressBits, prefixesOf, rangeOf } from '../../../allow-list/address.ts';
import { unionOf, withoutAddresses } from '../../../allow-list/address-set.ts';
import { isEveryPort } from '../../../allow-list/port-set.ts';
import type { DestinationRule, Match, PortRange, Protocol } from '../../../model/allow-list.ts';
import type { ExportHeader } from '../export-header.ts';
import { addressMatch, withLength, withoutFullLength } from '../plain-destinations.ts';

/** What a CiliumNetworkPolicy of sandkiln's says. Groups and their members are sorted as text. */
export interface NetworkPolicy {
  readonly header: ExportHeader;
  readonly names: readonly Group<Match>[];
  readonly allowed: readonly Group<CidrRule>[];
  /** Beats everything that is allowed, so names that resolve there do not pass either. */
  readonly denied: readonly Group<CidrRule>[];
}

export interface Group<Member> {
  readonly service: PortsOfProtocols;
  readonly members: readonly Member[];
}

/** Every port, or ranges without port 0, which means every port to Cilium. */
export type PortsOfProtocols = Readonly<Record<Protocol, readonly PortRange[]>>;

export interface CidrRule {
  /** With its length, and so are exceptions. */
  readonly cidr: string;
  readonly except: readonly string[];
}

/** Ports as Cilium can say them: without port 0 where not every port is meant. */
export function sayablePorts(ports: readonly PortRange[]): readonly PortRange[] {
  return isEveryPort(ports)
    ? ports
    : ports.flatMap(({ first, last }) => (last === 0 ? [] : [{ first: Math.max(first, 1), last }]));
}

/** Prefixes of a network as they are, or as the network with exceptions where that is shorter. */
export function cidrRules(network: string, prefixes: readonly string[]): readonly CidrRule[] {
  const plain = prefixes.map((prefix) => ({ cidr: withLength(prefix), except: [] }));
  if (prefixes.length < 2) {
    return plain;
  }
  const left = withoutAddresses([rangeOf(network)], unionOf(prefixes.map(rangeOf)));
  const except = left.flatMap(prefixesOf);
  return except.length < prefixes.length
    ? [{ cidr: withLength(network), except: except.map(withLength) }]
    : plain;
}

export function rulesOfPolicy({ names, allowed, denied }: NetworkPolicy): readonly DestinationRule[] {
  return [
    ...names.flatMap(({ service, members }) =>
      servicesOf(service).flatMap((one) =>
        members.map((match) => ({ effect: 'allow' as const, match, ...one })),
      ),
    ),
    ...allowed.flatMap((group) => addressRules('allow', group)),
    ...denied.flatMap((group) => addressRules('deny', group)),
  ];
}

function addressRules(
  effect: DestinationRule['effect'],
  { service, members }: Group<CidrRule>,
): readonly DestinationRule[] {
  return servicesOf(service).flatMap((one) =>
    members.flatMap(prefixesOfRule).map((value) => ({ effect, match: addressMatch(value), ...one })),
  );
}

function prefixesOfRule({ cidr, except }: CidrRule): readonly string[] {
  const network = withoutFullLength(cidr);
  return except.length === 0
    ? [network]
    : withoutAddresses(
        [rangeOf(network)],
        unionOf(except.map((hole) => rangeOf(withoutFullLength(hole)))),
      ).flatMap(prefixesOf);
}

function servicesOf(service: PortsOfProtocols): readonly Pick<DestinationRule, 'protocols' | 'ports'>[] {
  return (['tcp', 'udp'] as const).flatMap((protocol) =>
    service[protocol].length === 0 ? [] : [{ protocols: [protocol], ports: service[protocol] }],
  );
}

/** Whether a text is a network with its length and without host bits. */
export function isCidr(text: string): boolean {
  const [address = '', length = ''] = text.split('/');
  try {
    const { family, first } = rangeOf(address);
    const free = addressBits(family) - Number(length);
    return /^\d{1,3}$/.test(length) && free >= 0 && (first >> BigInt(free)) << BigInt(free) === first;
  } catch {
    return false;
  }
}
