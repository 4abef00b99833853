import type { AllowEntry, DestinationRule, Match, PortRange, Protocol } from '../model/allow-list.ts';
import { type AddressRange, prefixesOf, rangeOf } from './address.ts';
import { type AddressSet, ofFamily, touches, unionOf, withoutAddresses } from './address-set.ts';
import { coversNames, isNameMatch, nameAndAbove, sharesNames } from './names.ts';
import { sharedPorts, withoutPorts } from './port-set.ts';

/** What a list allows, its denials worked in: what most enforcers can say. */
export interface DestinationPolicy {
  /** Exactly the allowed addresses; rules of different entries may overlap. */
  readonly addresses: readonly AddressRule[];
  /** The allowed names; what is denied of a rule's names stands with it. */
  readonly names: readonly NameRule[];
}

export interface AddressRule {
  readonly entry: AllowEntry;
  /** Addresses and CIDRs in canonical text, sorted, disjoint. */
  readonly prefixes: readonly string[];
  readonly protocols: readonly Protocol[];
  readonly ports: readonly PortRange[];
}

export interface NameRule {
  readonly entry: AllowEntry;
  readonly match: Match;
  readonly protocols: readonly Protocol[];
  readonly ports: readonly PortRange[];
  /** Denials of some of the names, for some of the ports or for all. */
  readonly holes: readonly DestinationRule[];
}

/** Takes denials out of permissions. What nothing is left of has no rule. */
export function destinationPolicy(entries: readonly AllowEntry[]): DestinationPolicy {
  const denials = entries.filter(({ effect }) => effect === 'deny');
  const allowed = entries.filter(({ effect }) => effect === 'allow');
  return {
    addresses: addressRules(
      allowed.filter(({ match }) => !isNameMatch(match)),
      denials.filter(({ match }) => !isNameMatch(match)),
    ),
    names: nameRules(
      allowed.filter(({ match }) => isNameMatch(match)),
      denials.filter(({ match }) => isNameMatch(match)),
    ),
  };
}

/** A permission for one range of addresses. */
interface Box {
  readonly range: AddressRange;
  readonly protocols: readonly Protocol[];
  readonly ports: readonly PortRange[];
}

function addressRules(
  allowed: readonly AllowEntry[],
  denials: readonly AllowEntry[],
): readonly AddressRule[] {
  const denied = denials.map(boxOf);
  const reach: Readonly<Record<4 | 6, AddressSet>> = { 4: reachOf(denied, 4), 6: reachOf(denied, 6) };
  return allowed.flatMap((entry) => {
    const box = boxOf(entry);
    return touches(reach[box.range.family], box.range)
      ? rulesOf(
          entry,
          denied.reduce((boxes, hole) => boxes.flatMap((one) => without(one, hole)), [box]),
        )
      : [{ entry, prefixes: [entry.match.value], protocols: entry.protocols, ports: entry.ports }];
  });
}

function boxOf({ match, protocols, ports }: AllowEntry): Box {
  return { range: rangeOf(match.value), protocols, ports };
}

function reachOf(boxes: readonly Box[], family: 4 | 6): AddressSet {
  return unionOf(
    ofFamily(
      boxes.map(({ range }) => range),
      family,
    ),
  );
}

/** A box without another: the addresses beside it, then the protocols and ports that it leaves of those they share. */
function without(box: Box, hole: Box): readonly Box[] {
  const shared = sharedRange(box.range, hole.range);
  const protocols = box.protocols.filter((protocol) => hole.protocols.includes(protocol));
  const ports = sharedPorts(box.ports, hole.ports);
  if (shared === undefined || protocols.length === 0 || ports.length === 0) {
    return [box];
  }
  const otherProtocols = box.protocols.filter((protocol) => !hole.protocols.includes(protocol));
  const otherPorts = withoutPorts(box.ports, hole.ports);
  return [
    ...withoutAddresses([box.range], [hole.range]).map((range) => ({ ...box, range })),
    ...(otherProtocols.length === 0 ? [] : [{ range: shared, protocols: otherProtocols, ports: box.ports }]),
    ...(otherPorts.length === 0 ? [] : [{ range: shared, protocols, ports: otherPorts }]),
  ];
}

function sharedRange(one: AddressRange, other: AddressRange): AddressRange | undefined {
  const { first } = one.first > other.first ? one : other;
  const { last } = one.last < other.last ? one : other;
  return one.family === other.family && first <= last ? { family: one.family, first, last } : undefined;
}

/** Boxes with the same protocols and ports become one rule. */
function rulesOf(entry: AllowEntry, boxes: readonly Box[]): readonly AddressRule[] {
  const services = new Map<string, Box[]>();
  for (const box of boxes) {
    const service = JSON.stringify([box.protocols, box.ports]);
    services.set(service, [...(services.get(service) ?? []), box]);
  }
  return [...services.values()].flatMap((same) => {
    const [first] = same;
    return first === undefined
      ? []
      : [
          {
            entry,
            prefixes: unionOf(same.map(({ range }) => range)).flatMap(prefixesOf),
            protocols: first.protocols,
            ports: first.ports,
          },
        ];
  });
}

function nameRules(allowed: readonly AllowEntry[], denials: readonly AllowEntry[]): readonly NameRule[] {
  const near = nearbyDenials(denials);
  return allowed.flatMap((entry) => {
    let rules: readonly Omit<NameRule, 'entry' | 'holes'>[] = [entry];
    const holes: DestinationRule[] = [];
    for (const denial of near(entry.match)) {
      if (coversNames(denial.match, entry.match)) {
        rules = rules.flatMap((rule) => withoutService(rule, denial));
      } else if (sharesNames(denial.match, entry.match)) {
        holes.push(denial);
      }
    }
    return rules.map(({ match, protocols, ports }) => ({
      entry,
      match,
      protocols,
      ports,
      holes: holes.flatMap(({ match: of, ...hole }) => {
        const same = protocols.filter((protocol) => hole.protocols.includes(protocol));
        const shared = sharedPorts(ports, hole.ports);
        return same.length === 0 || shared.length === 0
          ? []
          : [{ effect: 'deny' as const, match: of, protocols: same, ports: shared }];
      }),
    }));
  });
}

function withoutService(
  rule: Omit<NameRule, 'entry' | 'holes'>,
  denial: DestinationRule,
): readonly Omit<NameRule, 'entry' | 'holes'>[] {
  const protocols = rule.protocols.filter((protocol) => denial.protocols.includes(protocol));
  const others = rule.protocols.filter((protocol) => !denial.protocols.includes(protocol));
  const ports = withoutPorts(rule.ports, denial.ports);
  return [
    ...(others.length === 0 ? [] : [{ ...rule, protocols: others }]),
    ...(protocols.length === 0 || ports.length === 0 ? [] : [{ ...rule, protocols, ports }]),
  ];
}

/** Denials that may share names with a match: at its name, above it or below it. */
function nearbyDenials(denials: readonly AllowEntry[]): (match: Match) => Iterable<AllowEntry> {
  const at = new Map<string, AllowEntry[]>();
  const below = new Map<string, AllowEntry[]>();
  for (const denial of denials) {
    const [name = '', ...above] = nameAndAbove(denial.match.value);
    add(at, name, denial);
    for (const upper of above) {
      add(below, upper, denial);
    }
  }
  return ({ value }) => [
    ...nameAndAbove(value).flatMap((name) => at.get(name) ?? []),
    ...(below.get(value) ?? []),
  ];
}

function add(map: Map<string, AllowEntry[]>, name: string, denial: AllowEntry): void {
  const present = map.get(name);
  if (present === undefined) {
    map.set(name, [denial]);
  } else {
    present.push(denial);
  }
}
