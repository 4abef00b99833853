import type { DestinationRule, PortRange, Protocol } from '../model/allow-list.ts';
import { type AddressFamily, addressText, rangeOf } from './address.ts';
import { type AddressSet, unionOf, withoutAddresses } from './address-set.ts';
import { isNameMatch, matchesName, nameAndAbove } from './names.ts';
import { portsText, unionOfPorts, withoutPorts } from './port-set.ts';

/**
 * Destinations that one set of rules allows and another does not, as examples in text, `tcp/443 a.example.org`; the
 * first `limit` of them. Compared are the spaces of addresses and names that the rules mean, not their texts; a denial
 * beats every permission. Exact for addresses. For names exact too: a rule treats all names alike that stand one label
 * below a name that no rule mentions, and all that stand deeper, so one of each stands for them all.
 */
export function allowedOnlyBy(
  rules: readonly DestinationRule[],
  others: readonly DestinationRule[],
  limit = 10,
): readonly string[] {
  const examples: string[] = [];
  for (const protocol of protocols) {
    addAddresses(examples, protocol, rules, others, limit);
    addNames(examples, protocol, rules, others, limit);
  }
  return examples.slice(0, limit);
}

const protocols = ['tcp', 'udp'] as const satisfies readonly Protocol[];
const families = [4, 6] as const satisfies readonly AddressFamily[];

function addAddresses(
  examples: string[],
  protocol: Protocol,
  rules: readonly DestinationRule[],
  others: readonly DestinationRule[],
  limit: number,
): void {
  const left = servicesOf(rules, protocol);
  const right = servicesOf(others, protocol);
  for (const ports of portAtoms([...left, ...right].map((service) => service.ports))) {
    for (const family of families) {
      const only = withoutAddresses(
        allowedAddresses(left, ports.first, family),
        allowedAddresses(right, ports.first, family),
      );
      for (const { first } of only.slice(0, limit - examples.length)) {
        examples.push(`${protocol}/${portsText([ports])} ${addressText(family, first)}`);
      }
    }
  }
}

/** Rules with the same effect and ports, their addresses joined. */
interface Service {
  readonly effect: 'allow' | 'deny';
  readonly ports: readonly PortRange[];
  readonly addresses: Readonly<Record<AddressFamily, AddressSet>>;
}

function servicesOf(rules: readonly DestinationRule[], protocol: Protocol): readonly Service[] {
  const groups = new Map<string, DestinationRule[]>();
  for (const rule of rules) {
    if (!isNameMatch(rule.match) && rule.protocols.includes(protocol)) {
      const key = `${rule.effect} ${portsText(rule.ports)}`;
      const group = groups.get(key);
      if (group === undefined) {
        groups.set(key, [rule]);
      } else {
        group.push(rule);
      }
    }
  }
  return [...groups.values()].flatMap((group) => {
    const ranges = group.map(({ match }) => rangeOf(match.value));
    const [first] = group;
    return first === undefined
      ? []
      : [
          {
            effect: first.effect,
            ports: first.ports,
            addresses: {
              4: unionOf(ranges.filter(({ family }) => family === 4)),
              6: unionOf(ranges.filter(({ family }) => family === 6)),
            },
          },
        ];
  });
}

/** The coarsest ranges of ports that no set cuts. */
function portAtoms(sets: readonly (readonly PortRange[])[]): readonly PortRange[] {
  const cuts = new Set<number>();
  for (const { first, last } of sets.flat()) {
    cuts.add(first);
    cuts.add(last + 1);
  }
  const sorted = [...cuts].sort((left, right) => left - right);
  return sorted.slice(0, -1).map((first, index) => ({ first, last: (sorted[index + 1] ?? 0) - 1 }));
}

function allowedAddresses(services: readonly Service[], port: number, family: AddressFamily): AddressSet {
  const at = services.filter(({ ports }) => ports.some(({ first, last }) => port >= first && port <= last));
  const joined = (effect: Service['effect']) => {
    const sets = at.filter((service) => service.effect === effect).map(({ addresses }) => addresses[family]);
    return sets.length === 1 ? (sets[0] ?? []) : unionOf(sets.flat());
  };
  return withoutAddresses(joined('allow'), joined('deny'));
}

function addNames(
  examples: string[],
  protocol: Protocol,
  rules: readonly DestinationRule[],
  others: readonly DestinationRule[],
  limit: number,
): void {
  const left = namesOf(rules, protocol);
  const right = namesOf(others, protocol);
  for (const base of new Set([...left.keys(), ...right.keys()])) {
    for (const name of [base, `${unmentioned}.${base}`, `${unmentioned}.${unmentioned}.${base}`]) {
      if (examples.length >= limit) {
        return;
      }
      const only = withoutPorts(allowedPorts(left, name), allowedPorts(right, name));
      if (only.length > 0) {
        examples.push(`${protocol}/${portsText(only)} ${name}`);
      }
    }
  }
}

/** A label that no rule can hold: those of rules neither start nor end with a dash. */
const unmentioned = '-any-';

type NamesOf = ReadonlyMap<string, readonly DestinationRule[]>;

function namesOf(rules: readonly DestinationRule[], protocol: Protocol): NamesOf {
  const names = new Map<string, DestinationRule[]>();
  for (const rule of rules) {
    if (isNameMatch(rule.match) && rule.protocols.includes(protocol)) {
      const present = names.get(rule.match.value);
      if (present === undefined) {
        names.set(rule.match.value, [rule]);
      } else {
        present.push(rule);
      }
    }
  }
  return names;
}

function allowedPorts(names: NamesOf, name: string): readonly PortRange[] {
  const matching = nameAndAbove(name)
    .flatMap((at) => names.get(at) ?? [])
    .filter(({ match }) => matchesName(match, name));
  const portsOf = (effect: DestinationRule['effect']) =>
    unionOfPorts(matching.filter((rule) => rule.effect === effect).flatMap(({ ports }) => ports));
  return withoutPorts(portsOf('allow'), portsOf('deny'));
}
