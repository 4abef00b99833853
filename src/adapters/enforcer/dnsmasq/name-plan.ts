import {
  coversNames,
  isNameMatch,
  matchesName,
  nameAndAbove,
  sharesNames,
} from '../../../allow-list/names.ts';
import { sharedPorts, unionOfPorts, withoutPorts } from '../../../allow-list/port-set.ts';
import type { AllowEntry, DestinationRule, PortRange, Protocol } from '../../../model/allow-list.ts';
import { compareCodePoints } from '../../../model/json.ts';
import type { EnforcerInput, Loss } from '../enforcer.ts';
import { firstLossOfEach } from '../loss-ledger.ts';

/** The ports of each protocol that a name may be asked for; nothing in both means that it is not resolved. */
export type NameService = Readonly<Record<Protocol, readonly PortRange[]>>;

/**
 * What dnsmasq is to do with a name and with the names below it that have no line of their own. Where both are resolved
 * they have the same service: dnsmasq gives one list of sets for them.
 */
export interface NameLine {
  readonly name: string;
  readonly at: NameService;
  readonly below: NameService;
}

export interface NamePlan {
  /** Sorted by name. */
  readonly lines: readonly NameLine[];
  /** Whether only the names one label below are meant, which dnsmasq then tells by patterns. */
  readonly reach: 'any depth' | 'one label';
  readonly losses: readonly Loss[];
}

export const noService: NameService = { tcp: [], udp: [] };

export function isResolved({ tcp, udp }: NameService): boolean {
  return tcp.length > 0 || udp.length > 0;
}

/**
 * Works out a line for every name that the list mentions and that it lets resolve in part. Patterns judge a whole list,
 * and know no depth but one: a list with `oneLabel` is said by them where all its names are `host` or `oneLabel`; else
 * `oneLabel` is left out. Every denied name has to be {@link isWritable}.
 */
export function planNames({ entries, leftToOthers }: EnforcerInput): NamePlan {
  const losses: Loss[] = [];
  const named = entries.filter(({ match }) => isNameMatch(match));
  const sayable = named.filter((entry) => {
    const reason = unsayable(entry, leftToOthers.has('expiry'));
    if (reason !== undefined) {
      losses.push({ entry, kind: 'omitted', reason });
    }
    return reason === undefined;
  });
  const reach = reachOf(sayable);
  const rules = reach === 'one label' ? sayable : sayable.flatMap((entry) => anyDepth(entry, named, losses));
  const byName = Map.groupBy(rules, ({ match }) => match.value);
  const about = (name: string) =>
    nameAndAbove(name)
      .flatMap((at) => byName.get(at) ?? [])
      .filter(({ match }) => matchesName(match, name));
  const cuts = new Map<string, NameService>();
  const lines = [...byName.keys()].sort(outermostFirst).flatMap((name): readonly NameLine[] => {
    const inherited = nameAndAbove(name)
      .slice(1)
      .flatMap((above) => cuts.get(above) ?? []);
    const full = { at: serviceOf(about(name)), below: serviceOf(about(`${anyLabel}.${name}`)) };
    const at = inherited.reduce(without, full.at);
    const below = inherited.reduce(without, full.below);
    if (!isResolved(full.at) && !isResolved(full.below)) {
      return hasPermissionAbove(name, byName) ? [{ name, at, below }] : [];
    }
    const line = withOneService({ name, at, below });
    cuts.set(name, without(full.below, line.below));
    losses.push(
      ...narrowed(about(name).filter(concerns(without(full.at, line.at)))),
      ...narrowed(about(`${anyLabel}.${name}`).filter(concerns(without(full.below, line.below)))),
    );
    return [line];
  });
  return {
    lines: lines.sort((left, right) => compareCodePoints(left.name, right.name)),
    reach,
    losses: firstLossOfEach(losses),
  };
}

/** A label that no entry holds: theirs neither start nor end with a dash. */
const anyLabel = '-any-';

/** Whether a line can hold a name: dnsmasq reads 1024 bytes and gives `*`, `#` and `/` a meaning. */
export function isWritable(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name);
}

function unsayable({ effect, match, expiresAt }: AllowEntry, expiryIsLeft: boolean): string | undefined {
  if (!isWritable(match.value)) {
    return 'dnsmasq could not read the name';
  }
  return effect === 'allow' && expiresAt !== undefined && !expiryIsLeft
    ? 'a name cannot end by itself in dnsmasq'
    : undefined;
}

/** What dnsmasq 2.90 takes as a pattern: two labels or more, no underscores, not below `local`, no number at the end. */
function isPattern(name: string): boolean {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*\.(?!local$|\d+$)[a-z0-9-]+$/.test(name);
}

function reachOf(entries: readonly AllowEntry[]): NamePlan['reach'] {
  const allowed = entries.filter(({ effect }) => effect === 'allow').map(({ match }) => match);
  return allowed.some(({ kind }) => kind === 'oneLabel') &&
    allowed.every(({ kind, value }) => (kind === 'host' || kind === 'oneLabel') && isPattern(value))
    ? 'one label'
    : 'any depth';
}

/** Without `oneLabel`: a permission is left out, a denial reaches to any depth. */
function anyDepth(
  entry: AllowEntry,
  named: readonly AllowEntry[],
  losses: Loss[],
): readonly DestinationRule[] {
  if (entry.match.kind !== 'oneLabel') {
    return [entry];
  }
  if (entry.effect === 'allow') {
    losses.push({
      entry,
      kind: 'omitted',
      reason: 'dnsmasq tells one label from more only where every name of the list is host or oneLabel',
    });
    return [];
  }
  const match = { kind: 'subdomains' as const, value: entry.match.value };
  losses.push(
    ...narrowed(
      named.filter((other) => sharesNames(other.match, match) && !coversNames(entry.match, other.match)),
    ),
  );
  return [{ ...entry, match }];
}

function narrowed(rules: readonly (AllowEntry | DestinationRule)[]): readonly Loss[] {
  return rules.flatMap((rule) =>
    rule.effect === 'allow' && 'reason' in rule
      ? [
          {
            entry: rule,
            kind: 'narrowed' as const,
            reason: 'dnsmasq knows one service for a name and all names below it',
          },
        ]
      : [],
  );
}

/** Whether a rule is about some of the ports. */
function concerns({ tcp, udp }: NameService): (rule: DestinationRule) => boolean {
  return ({ protocols, ports }) =>
    (protocols.includes('tcp') && sharedPorts(ports, tcp).length > 0) ||
    (protocols.includes('udp') && sharedPorts(ports, udp).length > 0);
}

function serviceOf(rules: readonly DestinationRule[]): NameService {
  const ports = (protocol: Protocol, effect: DestinationRule['effect']) =>
    unionOfPorts(
      rules
        .filter((rule) => rule.effect === effect && rule.protocols.includes(protocol))
        .flatMap((rule) => rule.ports),
    );
  return {
    tcp: withoutPorts(ports('tcp', 'allow'), ports('tcp', 'deny')),
    udp: withoutPorts(ports('udp', 'allow'), ports('udp', 'deny')),
  };
}

/** What both are allowed where both are resolved; the name itself alone where they have nothing in common. */
function withOneService({ name, at, below }: NameLine): NameLine {
  if (!isResolved(at) || !isResolved(below)) {
    return { name, at, below };
  }
  const shared = { tcp: sharedPorts(at.tcp, below.tcp), udp: sharedPorts(at.udp, below.udp) };
  return isResolved(shared) ? { name, at: shared, below: shared } : { name, at, below: noService };
}

export function without(left: NameService, right: NameService): NameService {
  return { tcp: withoutPorts(left.tcp, right.tcp), udp: withoutPorts(left.udp, right.udp) };
}

function hasPermissionAbove(name: string, byName: ReadonlyMap<string, readonly DestinationRule[]>): boolean {
  return nameAndAbove(name).some((at) => byName.get(at)?.some(({ effect }) => effect === 'allow'));
}

function outermostFirst(left: string, right: string): number {
  return left.split('.').length - right.split('.').length || compareCodePoints(left, right);
}
