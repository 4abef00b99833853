import { type AddressRange, prefixesOf, rangeOf } from '../../allow-list/address.ts';
import { unionOf } from '../../allow-list/address-set.ts';
import { type DestinationPolicy, destinationPolicy } from '../../allow-list/destination-policy.ts';
import { serviceText } from '../../allow-list/entry-record.ts';
import { everyPort, sharedPorts, withoutPorts } from '../../allow-list/port-set.ts';
import type {
  AllowEntry,
  DestinationRule,
  Match,
  NameMatchKind,
  PortRange,
  Protocol,
} from '../../model/allow-list.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { EnforcerInput, Loss } from './enforcer.ts';
import { isPlainListName } from './export-header.ts';
import { unusableListName } from './export-problem.ts';
import { lossLedger } from './loss-ledger.ts';

/** Protocols and ports that are open with a destination. */
export interface Service {
  readonly protocols: readonly Protocol[];
  readonly ports: readonly PortRange[];
}

export const everyService: Service = { protocols: ['tcp', 'udp'], ports: everyPort };

/** A language that lists destinations without ports, ends or exceptions. With an address it opens every service. */
export interface PlainLanguage {
  /** As losses name it. */
  readonly name: string;
  /** What it opens with a name; null where it knows no names. */
  readonly nameService: Service | null;
  readonly nameKinds: readonly NameMatchKind[];
  readonly ipv6: boolean;
}

/** What a plain language says of a list. */
export interface PlainDestinations {
  /** Without repetition, in the order of the policy. */
  readonly names: readonly Match[];
  /** The fewest prefixes, IPv4 first, sorted. */
  readonly prefixes: readonly string[];
  readonly losses: readonly Loss[];
}

/**
 * Picks what a plain language can say without allowing more than the list does. Ports that others enforce are not looked
 * at in permissions; denials count as they stand. Fails with SK7210 for a list that no file can be named after.
 */
export function plainDestinations(input: EnforcerInput, language: PlainLanguage): Result<PlainDestinations> {
  if (!isPlainListName(input.list)) {
    return failure(unusableListName(input.list));
  }
  const { policy, originalOf } = input.leftToOthers.has('ports')
    ? policyOfEveryPort(input.entries)
    : { policy: input.policy, originalOf: (entry: AllowEntry) => entry };
  const ledger = lossLedger();
  const names = new Map<string, Match>();
  const ranges: AddressRange[] = [];
  const mayEnd = input.leftToOthers.has('expiry');
  for (const rule of policy.names) {
    const entry = originalOf(rule.entry);
    const reason =
      endObstacle(entry, mayEnd, language) ??
      nameObstacle(rule.match, rule.holes.length, language) ??
      serviceObstacle(entry, rule, language.nameService, language);
    ledger.note(
      entry,
      reason === undefined,
      reason ?? rest(entry, language.nameService ?? everyService, language),
    );
    if (reason === undefined) {
      names.set(`${rule.match.kind} ${rule.match.value}`, rule.match);
    }
  }
  for (const rule of policy.addresses) {
    const entry = originalOf(rule.entry);
    const reason =
      endObstacle(entry, mayEnd, language) ??
      (!language.ipv6 && entry.match.value.includes(':') ? `${language.name} knows no IPv6` : undefined) ??
      serviceObstacle(entry, rule, everyService, language);
    ledger.note(entry, reason === undefined, reason ?? rest(entry, everyService, language));
    if (reason === undefined) {
      for (const prefix of rule.prefixes) {
        ranges.push(rangeOf(prefix));
      }
    }
  }
  return success({
    names: [...names.values()],
    prefixes: ([4, 6] as const).flatMap((family) =>
      unionOf(ranges.filter((range) => range.family === family)).flatMap(prefixesOf),
    ),
    losses: ledger.losses(),
  });
}

/** The rules that destinations of a plain language mean, read back. */
export function plainRules(
  names: readonly Match[],
  nameService: Service,
  prefixes: readonly string[],
): readonly DestinationRule[] {
  return [
    ...names.map((match) => ({ effect: 'allow' as const, match, ...nameService })),
    ...prefixes.map((value) => ({ effect: 'allow' as const, match: addressMatch(value), ...everyService })),
  ];
}

/** The match of an address or a prefix in canonical text. */
export function addressMatch(value: string): Match {
  return { kind: value.includes('/') ? 'cidr' : 'ip', value };
}

/** With the length of the prefix, which a bare address leaves out: `192.0.2.1/32`. */
export function withLength(prefix: string): string {
  return prefix.includes('/') ? prefix : `${prefix}/${prefix.includes(':') ? 128 : 32}`;
}

/** A prefix of full length as the bare address that normal form has. */
export function withoutFullLength(prefix: string): string {
  return prefix.replace(prefix.includes(':') ? /\/128$/ : /\/32$/, '');
}

/** The policy of the same entries with every port open that is not denied. */
function policyOfEveryPort(entries: readonly AllowEntry[]): {
  readonly policy: DestinationPolicy;
  readonly originalOf: (entry: AllowEntry) => AllowEntry;
} {
  const originals = new Map<AllowEntry, AllowEntry>();
  const widened = entries.map((entry) => {
    const open = entry.effect === 'allow' ? { ...entry, ...everyService } : entry;
    originals.set(open, entry);
    return open;
  });
  return { policy: destinationPolicy(widened), originalOf: (entry) => originals.get(entry) ?? entry };
}

function endObstacle(
  { expiresAt }: AllowEntry,
  mayEnd: boolean,
  { name }: PlainLanguage,
): string | undefined {
  return expiresAt === undefined || mayEnd ? undefined : `nothing ends by itself in ${name}`;
}

function nameObstacle(
  { kind }: Match,
  holes: number,
  { name, nameService, nameKinds }: PlainLanguage,
): string | undefined {
  if (nameService === null) {
    return `${name} knows no names`;
  }
  if (!nameKinds.some((known) => known === kind)) {
    return `${name} cannot say ${kind}`;
  }
  return holes === 0 ? undefined : `${name} cannot deny some of the names`;
}

/** What is opened has to be allowed, and to be of use to the entry as it stands. */
function serviceObstacle(
  entry: AllowEntry,
  allowed: Service,
  opened: Service | null,
  language: PlainLanguage,
): string | undefined {
  return opened !== null && covers(allowed, opened) && overlaps(entry, opened)
    ? undefined
    : opens(opened ?? everyService, language);
}

/** Why not all of an entry is said where something is. */
function rest(entry: AllowEntry, opened: Service, language: PlainLanguage): string | undefined {
  return covers(opened, entry) ? undefined : opens(opened, language);
}

function opens(opened: Service, { name }: PlainLanguage): string {
  return opened === everyService
    ? `${name} knows neither ports nor protocols`
    : `${name} opens ${serviceText(opened)} with a name, no more and no less`;
}

function covers(outer: Service, inner: Service): boolean {
  return (
    inner.protocols.every((protocol) => outer.protocols.includes(protocol)) &&
    withoutPorts(inner.ports, outer.ports).length === 0
  );
}

function overlaps(one: Service, other: Service): boolean {
  return (
    one.protocols.some((protocol) => other.protocols.includes(protocol)) &&
    sharedPorts(one.ports, other.ports).length > 0
  );
}
