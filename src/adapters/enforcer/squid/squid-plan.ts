import { addressBits, prefixesOf, rangeOf } from '../../../allow-list/address.ts';
import { ofFamily, unionOf, withoutAddresses } from '../../../allow-list/address-set.ts';
import { isNameMatch, nameAndAbove } from '../../../allow-list/names.ts';
import { everyPort, portsText } from '../../../allow-list/port-set.ts';
import type { AllowEntry, DestinationRule, Match, PortRange } from '../../../model/allow-list.ts';
import { compareCodePoints } from '../../../model/json.ts';
import type { EnforcerInput, Loss } from '../enforcer.ts';

/** What Squid lets pass, or does not, at some ports. All lists are sorted, and nothing in them is covered by another item. */
export interface SquidGroup {
  readonly ports: readonly PortRange[];
  readonly addresses: readonly string[];
  /** As `dstdomain` has them: `a.org` for the name alone, `.a.org` for all below it too. */
  readonly names: readonly string[];
  /** Names whose subdomains are meant and they themselves are not. */
  readonly above: readonly string[];
  /** Names one label below which is meant. */
  readonly oneAbove: readonly string[];
}

/** Sorted by ports. */
export interface SquidPlan {
  readonly allowed: readonly SquidGroup[];
  readonly denied: readonly SquidGroup[];
}

/** Groups a list by its ports. A proxy carries TCP, so what is said of UDP is left out. */
export function planSquid(input: EnforcerInput): {
  readonly plan: SquidPlan;
  readonly losses: readonly Loss[];
} {
  const losses: Loss[] = [];
  const kept = new Set<AllowEntry>();
  for (const entry of input.entries) {
    if (entry.effect === 'allow') {
      const loss = lossOf(entry, input.leftToOthers);
      if (loss !== undefined) {
        losses.push(loss);
      }
      if (loss?.kind !== 'omitted') {
        kept.add(entry);
      }
    }
  }
  const names = [...kept].filter(({ match }) => isNameMatch(match));
  const addresses = input.policy.addresses
    .filter(({ entry, protocols }) => kept.has(entry) && protocols.includes('tcp'))
    .flatMap(({ prefixes, ports }) => prefixes.map((value) => ({ match: addressMatch(value), ports })));
  for (const { entry, prefixes } of input.policy.addresses) {
    if (kept.has(entry) && prefixes.some(holdsMapped) && !losses.some((loss) => loss.entry === entry)) {
      losses.push({ entry, kind: 'narrowed', reason: 'Squid takes ::ffff:0:0/96 for IPv4' });
    }
  }
  const denied = input.entries.filter(
    ({ effect, protocols }) => effect === 'deny' && protocols.includes('tcp'),
  );
  return { plan: { allowed: groupsOf([...names, ...addresses]), denied: groupsOf(denied) }, losses };
}

export function rulesOfPlan({ allowed, denied }: SquidPlan): readonly DestinationRule[] {
  return [
    ...allowed.flatMap((group) => rulesOf('allow', group)),
    ...denied.flatMap((group) => rulesOf('deny', group)),
  ];
}

function lossOf(entry: AllowEntry, leftToOthers: EnforcerInput['leftToOthers']): Loss | undefined {
  if (!entry.protocols.includes('tcp')) {
    return { entry, kind: 'omitted', reason: 'Squid carries TCP alone' };
  }
  if (entry.expiresAt !== undefined && !leftToOthers.has('expiry')) {
    return { entry, kind: 'omitted', reason: 'a permission cannot end at a date in Squid' };
  }
  return entry.protocols.includes('udp')
    ? { entry, kind: 'narrowed', reason: 'Squid carries TCP alone' }
    : undefined;
}

type Placed = Pick<DestinationRule, 'match' | 'ports'>;

function groupsOf(rules: readonly Placed[]): readonly SquidGroup[] {
  return [...Map.groupBy(rules, ({ ports }) => portsText(ports))]
    .sort(([left], [right]) => compareCodePoints(left, right))
    .map(([, same]) =>
      groupOf(
        same[0]?.ports ?? everyPort,
        same.map(({ match }) => match),
      ),
    );
}

function groupOf(ports: readonly PortRange[], matches: readonly Match[]): SquidGroup {
  const values = (kind: Match['kind']) =>
    new Set(matches.filter((match) => match.kind === kind).map(({ value }) => value));
  const [hosts, whole, below] = [values('host'), values('apexAndSubdomains'), values('subdomains')];
  const isUnder = (name: string) =>
    nameAndAbove(name)
      .slice(1)
      .some((upper) => whole.has(upper) || below.has(upper));
  return {
    ports,
    addresses: prefixesOfAll(matches.filter((match) => !isNameMatch(match)).map(({ value }) => value)),
    names: [
      ...[...whole].filter((name) => !isUnder(name)).map((name) => `.${name}`),
      ...[...hosts].filter((name) => !whole.has(name) && !isUnder(name)),
    ].sort(compareCodePoints),
    above: [...below].filter((name) => !whole.has(name) && !isUnder(name)).sort(compareCodePoints),
    oneAbove: [...values('oneLabel')].sort(compareCodePoints),
  };
}

/** IPv4 within IPv6 (RFC 4291, section 2.5.5.2), which is how Squid keeps it: a prefix around it would hold all of IPv4. */
const mapped = rangeOf('::ffff:0:0/96');

function holdsMapped(value: string): boolean {
  const { family, first, last } = rangeOf(value);
  return family === 6 && first <= mapped.last && last >= mapped.first;
}

/** The fewest prefixes, IPv4 first. Never one of a whole family: Squid takes `0.0.0.0/0` for every address of both. */
function prefixesOfAll(values: readonly string[]): readonly string[] {
  const ranges = values.map(rangeOf);
  return ([4, 6] as const).flatMap((family) =>
    withoutAddresses(unionOf(ofFamily(ranges, family)), family === 6 ? [mapped] : []).flatMap((range) => {
      const half = (1n << BigInt(addressBits(family) - 1)) - 1n;
      return range.first === 0n && range.last === 2n * half + 1n
        ? [
            { ...range, last: half },
            { ...range, first: half + 1n },
          ].flatMap(prefixesOf)
        : prefixesOf(range);
    }),
  );
}

function rulesOf(effect: DestinationRule['effect'], group: SquidGroup): readonly DestinationRule[] {
  const { ports, addresses, names, above, oneAbove } = group;
  const matches: readonly Match[] = [
    ...addresses.map(addressMatch),
    ...names.map(
      (name): Match =>
        name.startsWith('.')
          ? { kind: 'apexAndSubdomains', value: name.slice(1) }
          : { kind: 'host', value: name },
    ),
    ...above.map((value) => ({ kind: 'subdomains' as const, value })),
    ...oneAbove.map((value) => ({ kind: 'oneLabel' as const, value })),
  ];
  return matches.map((match) => ({ effect, match, protocols: ['tcp'], ports }));
}

function addressMatch(value: string): Match {
  return { kind: value.includes('/') ? 'cidr' : 'ip', value };
}
