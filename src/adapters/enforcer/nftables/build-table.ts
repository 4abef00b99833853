import { type AddressFamily, ipv4Value, rangeOf } from '../../../allow-list/address.ts';
import { isNameMatch } from '../../../allow-list/names.ts';
import { isEveryPort, portsText } from '../../../allow-list/port-set.ts';
import type { AllowEntry, PortRange, Protocol } from '../../../model/allow-list.ts';
import { compareCodePoints } from '../../../model/json.ts';
import type { EnforcerInput, Loss } from '../enforcer.ts';
import { firstLossOfEach } from '../loss-ledger.ts';
import { type AppliedMark, type NftElement, type NftRule, type NftSet, serviceName } from './nft-table.ts';
import { disjointPieces, type Ending, type EndingRange } from './range-pieces.ts';

/** The sets and rules of the addresses of a list, and what they do not say of it. */
export interface AddressPart {
  readonly sets: readonly NftSet[];
  readonly rules: readonly NftRule[];
  readonly losses: readonly Loss[];
}

/** Further than a kernel's clock need count: whatever ends later ends then. */
const longestTimeoutSeconds = 36_500 * 86_400;

/** Addresses that a list allows, by service. */
export function allowedAddresses(input: EnforcerInput): AddressPart {
  const losses: Loss[] = [];
  const rules: EndingRule[] = [];
  for (const { entry, prefixes, protocols, ports } of input.policy.addresses) {
    const ends = endOf(entry, input);
    if (typeof ends === 'number') {
      rules.push({ entry, prefixes, protocols, ports, endsAtMs: ends });
    } else {
      losses.push({ entry, kind: 'omitted', reason: ends.reason });
    }
  }
  return { ...setsOf(rules, input, 'accept'), losses: firstLossOfEach(losses) };
}

/** Addresses that a list denies: needed beside names, which may resolve to them. */
export function deniedAddresses(input: EnforcerInput): AddressPart {
  const rules = input.entries
    .filter(({ effect, match }) => effect === 'deny' && !isNameMatch(match))
    .map((entry) => ({
      entry,
      prefixes: [entry.match.value],
      protocols: entry.protocols,
      ports: entry.ports,
      endsAtMs: Number.POSITIVE_INFINITY,
    }));
  return { ...setsOf(rules, input, 'refuse'), losses: [] };
}

export function markOf({ revision, set }: EnforcerInput, headCounter: number | null): AppliedMark {
  return { revision, headCounter, set };
}

/** When a rule of an entry ends, or why it cannot be said. */
function endOf(
  { expiresAt }: AllowEntry,
  { appliedAt, leftToOthers }: EnforcerInput,
): number | { readonly reason: string } {
  if (expiresAt === undefined) {
    return Number.POSITIVE_INFINITY;
  }
  if (appliedAt === null) {
    return leftToOthers.has('expiry')
      ? Number.POSITIVE_INFINITY
      : {
          reason:
            'the time limit of an nftables element counts from when it is applied, which a kept file cannot know',
        };
  }
  const leftSeconds = Math.floor((Date.parse(expiresAt) - Date.parse(appliedAt)) / 1000);
  return leftSeconds >= 1 ? Date.parse(expiresAt) : { reason: 'it ends before it would be applied' };
}

interface EndingRule {
  readonly entry: AllowEntry;
  readonly prefixes: readonly string[];
  readonly protocols: readonly Protocol[];
  readonly ports: readonly PortRange[];
  readonly endsAtMs: number;
}

/** What is collected of one service and family before it becomes sets. */
interface Service {
  readonly name: string;
  readonly protocols: readonly Protocol[];
  readonly ports: readonly PortRange[];
  readonly family: AddressFamily;
  /** The same address as often as rules name it. */
  readonly hosts: Ending[];
  readonly ranges: EndingRange[];
}

function setsOf(
  rules: readonly EndingRule[],
  input: EnforcerInput,
  verdict: NftRule['verdict'],
): Pick<AddressPart, 'sets' | 'rules'> {
  const services = new Map<string, Service>();
  for (const { entry, prefixes, protocols, ports, endsAtMs } of rules) {
    const service = serviceText(protocols, ports);
    const comment = commentOf(entry, service, input.revision);
    for (const value of prefixes) {
      const family = value.includes(':') ? 6 : 4;
      const { hosts, ranges } = serviceAt(services, `${family} ${service}`, protocols, ports, family);
      if (value.includes('/')) {
        ranges.push({ value, range: rangeOf(value), endsAtMs, comment });
      } else {
        hosts.push({ value, endsAtMs, comment });
      }
    }
  }
  const appliedAtMs = Date.parse(input.appliedAt ?? '');
  const prefix = verdict === 'refuse' ? 'denied_' : '';
  const made = [...services.values()]
    .sort((left, right) => compareCodePoints(left.name, right.name) || left.family - right.family)
    .flatMap((service) =>
      setsOfService(service, appliedAtMs).map((set) => {
        const { name, family, protocols, ports } = service;
        const of = `${prefix}${name}_${set.holds.replace(' ', '_')}${family}`;
        return { set: { ...set, name: of }, rule: { set: of, family, protocols, ports, verdict } };
      }),
    );
  return { sets: made.map(({ set }) => set), rules: made.map(({ rule }) => rule) };
}

function serviceAt(
  services: Map<string, Service>,
  key: string,
  protocols: readonly Protocol[],
  ports: readonly PortRange[],
  family: AddressFamily,
): Service {
  const present = services.get(key);
  if (present !== undefined) {
    return present;
  }
  const name = serviceName(protocols, ports);
  const made = { name, protocols, ports, family, hosts: [], ranges: [] };
  services.set(key, made);
  return made;
}

function setsOfService(
  { family, hosts, ranges }: Service,
  appliedAtMs: number,
): readonly Omit<NftSet, 'name'>[] {
  const singles = hosts
    .sort(family === 4 ? byAddress4 : byAddress6)
    .filter(({ value }, index) => value !== hosts[index - 1]?.value);
  const pieces = disjointPieces(ranges);
  const lasting = (all: readonly Ending[]): readonly NftElement[] =>
    all.flatMap(({ value, endsAtMs, comment }) => (Number.isFinite(endsAtMs) ? [] : [{ value, comment }]));
  const timed = (all: readonly Ending[]): readonly NftElement[] =>
    all
      .filter(({ endsAtMs }) => Number.isFinite(endsAtMs))
      .map(({ value, endsAtMs, comment }) => ({
        value,
        timeoutSeconds: secondsUntil(endsAtMs, appliedAtMs),
        comment,
      }));
  return (
    [
      { family, holds: 'hosts', elements: lasting(singles) },
      { family, holds: 'ranges', elements: lasting(pieces) },
      { family, holds: 'timed hosts', elements: timed(singles) },
      { family, holds: 'timed ranges', elements: timed(pieces) },
    ] satisfies readonly Omit<NftSet, 'name'>[]
  ).filter((set) => set.elements.length > 0);
}

/** By address, what ends last first. Entries come in that order, so that little is left to sort. */
function byAddress4(left: Ending, right: Ending): number {
  return ipv4Value(left.value) - ipv4Value(right.value) || laterEndFirst(left, right);
}

function byAddress6(left: Ending, right: Ending): number {
  const [one, other] = [rangeOf(left.value).first, rangeOf(right.value).first];
  return one === other ? laterEndFirst(left, right) : one < other ? -1 : 1;
}

function laterEndFirst(left: Ending, right: Ending): number {
  return left.endsAtMs === right.endsAtMs ? 0 : left.endsAtMs > right.endsAtMs ? -1 : 1;
}

function secondsUntil(endsAtMs: number, appliedAtMs: number): number {
  return Math.min(Math.floor((endsAtMs - appliedAtMs) / 1000), longestTimeoutSeconds);
}

/** `tcp udp 80-81 443`, in nothing but what nft takes in a comment without a doubt. */
function serviceText(protocols: readonly Protocol[], ports: readonly PortRange[]): string {
  return isEveryPort(ports)
    ? protocols.join(' ')
    : `${protocols.join(' ')} ${portsText(ports).replaceAll(',', ' ')}`;
}

/** Revision and entry; a kernel takes 128 bytes. */
function commentOf({ match }: AllowEntry, service: string, revision: number): string {
  return [`r${revision}`, match.value, service].join(' ').slice(0, 120);
}
