import { prefixesOf, rangeOf } from '../../../allow-list/address.ts';
import { isNameMatch } from '../../../allow-list/names.ts';
import { hasPort } from '../../../allow-list/port-set.ts';
import type { AllowEntry, DestinationRule, PortRange, Protocol } from '../../../model/allow-list.ts';
import type { EnforcerInput, Loss } from '../enforcer.ts';

/** One port of one IPv4 address. */
export interface StaticRule {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
}

/** Most rules that one entry may become; one of every port of a network would become millions. */
const mostRulesOfEntry = 4096;

/** The destinations of a list one by one, sorted by protocol, address and port, and what they do not say of it. */
export function staticRules({ entries, policy, leftToOthers }: EnforcerInput): {
  readonly rules: readonly StaticRule[];
  readonly losses: readonly Loss[];
} {
  const sayable = new Map<AllowEntry, number>();
  const losses = new Map<AllowEntry, Loss>();
  for (const entry of entries) {
    const reason = entry.effect === 'allow' ? unsayable(entry, leftToOthers) : undefined;
    if (reason !== undefined) {
      losses.set(entry, { entry, kind: 'omitted', reason });
    } else if (entry.effect === 'allow') {
      sayable.set(entry, 0);
    }
  }
  for (const { entry, prefixes, protocols, ports } of policy.addresses) {
    const present = sayable.get(entry);
    if (present !== undefined) {
      const addresses = prefixes.reduce((sum, prefix) => sum + sizeOf(prefix), 0);
      sayable.set(entry, present + addresses * protocols.length * countOf(ports));
    }
  }
  const byText = new Map<string, StaticRule>();
  for (const { entry, prefixes, protocols, ports } of policy.addresses) {
    const size = sayable.get(entry);
    if (size === undefined) {
      continue;
    }
    if (size > mostRulesOfEntry) {
      losses.set(entry, {
        entry,
        kind: 'omitted',
        reason: `INetSim passes single ports of single addresses, and it would need ${size} rules, more than ${mostRulesOfEntry}`,
      });
      continue;
    }
    if (ports.some(({ first }) => first === 0)) {
      losses.set(entry, { entry, kind: 'narrowed', reason: 'INetSim knows no port 0' });
    }
    for (const address of prefixes.flatMap(addressesOf)) {
      for (const protocol of protocols) {
        for (const port of portsOf(ports)) {
          const rule = { protocol, address, port };
          byText.set(ruleText(rule), rule);
        }
      }
    }
  }
  // Texts of rules are ASCII, and there UTF-16 units sort as code points do.
  return {
    rules: [...byText.keys()].sort().flatMap((text) => byText.get(text) ?? []),
    losses: [...losses.values()],
  };
}

/** A redirection to where the packet goes anyway, which INetSim takes as a pass through. */
export function ruleText({ protocol, address, port }: StaticRule): string {
  return `redirect_static_rule ${protocol} ${address}:${port} ${address}:${port}`;
}

export function rulesOfStatic(rules: readonly StaticRule[]): readonly DestinationRule[] {
  return [...Map.groupBy(rules, ({ protocol, address }) => `${protocol} ${address}`).values()].flatMap(
    (same) => {
      const [first] = same;
      return first === undefined
        ? []
        : [
            {
              effect: 'allow',
              match: { kind: 'ip', value: first.address },
              protocols: [first.protocol],
              ports: joined(same.map(({ port }) => port)),
            },
          ];
    },
  );
}

function unsayable(
  { match, expiresAt }: AllowEntry,
  leftToOthers: EnforcerInput['leftToOthers'],
): string | undefined {
  if (isNameMatch(match)) {
    return 'INetSim answers every name itself and passes addresses alone';
  }
  if (match.value.includes(':')) {
    return 'INetSim knows no IPv6';
  }
  return expiresAt !== undefined && !leftToOthers.has('expiry')
    ? 'a rule of INetSim does not end by itself'
    : undefined;
}

function sizeOf(prefix: string): number {
  const { first, last } = rangeOf(prefix);
  return Number(last - first) + 1;
}

function countOf(ports: readonly PortRange[]): number {
  return ports.reduce((sum, { first, last }) => sum + last - first + 1, 0) - (hasPort(ports, 0) ? 1 : 0);
}

function addressesOf(prefix: string): readonly string[] {
  const { family, first, last } = rangeOf(prefix);
  return first === last
    ? [prefix]
    : Array.from({ length: Number(last - first) + 1 }, (_, index) => first + BigInt(index)).flatMap((value) =>
        prefixesOf({ family, first: value, last: value }),
      );
}

function portsOf(ports: readonly PortRange[]): readonly number[] {
  return ports
    .flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, index) => first + index))
    .filter((port) => port !== 0);
}

function joined(ports: readonly number[]): readonly PortRange[] {
  const ranges: PortRange[] = [];
  for (const port of [...ports].sort((left, right) => left - right)) {
    const previous = ranges.at(-1);
    if (previous?.last === port - 1) {
      ranges[ranges.length - 1] = { first: previous.first, last: port };
    } else {
      ranges.push({ first: port, last: port });
    }
  }
  return ranges;
}
