import { isNameMatch, matchesName, nameAndAbove } from '../../allow-list/names.ts';
import { everyPort, isEveryPort, unionOfPorts, withoutPorts } from '../../allow-list/port-set.ts';
import type { AllowEntry, DestinationRule, Match, Protocol } from '../../model/allow-list.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { EnforcerInput, Loss } from './enforcer.ts';
import { notInItsForm, notSayable } from './export-problem.ts';
import { firstLossOfEach } from './loss-ledger.ts';

/**
 * Whether a name passes, and whether the names below it do that have no decision of their own. For enforcers that see
 * names and nothing else, neither ports nor how many labels deep a name is.
 */
export interface NameDecision {
  readonly name: string;
  readonly at: boolean;
  readonly below: boolean;
}

export interface NameDecisions {
  /** Sorted by name; none says what the one above it says already. What no decision is about does not pass. */
  readonly decisions: readonly NameDecision[];
  readonly losses: readonly Loss[];
}

/** The language that decisions are made for. */
export interface NameLanguage {
  /** As losses call it: `RPZ`. */
  readonly called: string;
  /** Whether it can hold a name. */
  readonly holds: (name: string) => boolean;
}

/**
 * Decides about every name that a list mentions. A name passes where a permission reaches it, for every port unless
 * ports are left to others, and no denial does, whatever its ports. Fails with SK7210 for a denied name that the language
 * cannot hold.
 */
export function decideNames(
  { entries, leftToOthers }: EnforcerInput,
  { called, holds }: NameLanguage,
): Result<NameDecisions> {
  const named = entries.filter(({ match }) => isNameMatch(match));
  const denied = named.filter(({ effect }) => effect === 'deny');
  const unheld = denied.find(({ match }) => !holds(match.value));
  if (unheld !== undefined) {
    return failure(
      notSayable(
        `${called} cannot hold the denied name ${JSON.stringify(unheld.match.value)}, and would let it pass`,
        'deny a shorter name above it',
      ),
    );
  }
  const losses: Loss[] = [];
  const allowed = named.filter((entry) => {
    const reason = entry.effect === 'allow' ? unsayable(entry, leftToOthers, called, holds) : undefined;
    if (reason !== undefined) {
      losses.push({ entry, kind: 'omitted', reason });
    }
    return entry.effect === 'allow' && reason === undefined;
  });
  for (const entry of entries) {
    if (entry.effect === 'allow' && !isNameMatch(entry.match)) {
      losses.push({ entry, kind: 'omitted', reason: `${called} judges names, not addresses` });
    }
  }
  const byName = Map.groupBy([...allowed, ...denied], ({ match }) => match.value);
  const made = new Map<string, Omit<NameDecision, 'name'>>();
  for (const name of byName.keys()) {
    const [, ...above] = nameAndAbove(name);
    const reaching = above.flatMap((at) => byName.get(at) ?? []).filter(({ match }) => match.kind !== 'host');
    const about = [...(byName.get(name) ?? []), ...reaching];
    const rulesAt = about.filter(({ match }) => matchesName(match, name) || reachesAsDenial(match, name));
    const rulesBelow = about.filter(({ match }) => match.kind !== 'host');
    const at = passes(rulesAt);
    const below = passes(rulesBelow);
    if ((!at || !below) && about.some(({ effect }) => effect === 'deny')) {
      const narrowed = narrowedEntries(name, about, { at, below });
      losses.push(
        ...narrowed.map(
          (entry): Loss => ({
            entry,
            kind: 'narrowed',
            reason: `a denial of some of its names or ports stops more in ${called}, which cannot tell them apart`,
          }),
        ),
      );
    }
    made.set(name, { at, below });
  }
  const inherited = (name: string) =>
    nameAndAbove(name)
      .slice(1)
      .map((upper) => made.get(upper))
      .find((decision) => decision !== undefined)?.below ?? false;
  return success({
    // Names are ASCII, and there UTF-16 units sort as code points do.
    decisions: [...made.keys()].sort().flatMap((name) => {
      const { at = false, below = false } = made.get(name) ?? {};
      const above = inherited(name);
      return at === above && below === above ? [] : [{ name, at, below }];
    }),
    losses: firstLossOfEach(losses),
  });
}

/** What a file says that holds nothing but decisions about names; SK7211 for what is none. */
export function readDecisions(
  decisions: readonly NameDecision[] | { readonly unread: string },
): Result<readonly DestinationRule[]> {
  const rules = 'unread' in decisions ? decisions : rulesOfDecisions(decisions);
  return 'unread' in rules ? failure(notInItsForm(rules.unread)) : success(rules);
}

/** Decisions as rules; the name of one that no rules can say, which {@link decideNames} never makes. */
export function rulesOfDecisions(
  decisions: readonly NameDecision[],
): readonly DestinationRule[] | { readonly unread: string } {
  const byName = new Map(decisions.map((decision) => [decision.name, decision]));
  const rules: DestinationRule[] = [];
  const add = (effect: DestinationRule['effect'], kind: Match['kind'], value: string) =>
    rules.push({ effect, match: { kind, value }, protocols: ['tcp', 'udp'], ports: everyPort });
  for (const { name, at, below } of decisions) {
    const above = nameAndAbove(name)
      .slice(1)
      .flatMap((upper) => byName.get(upper) ?? []);
    const inherited = above[0]?.below ?? false;
    if (!inherited && (at || below) && above.some((upper) => upper.below)) {
      return { unread: name };
    }
    if (at !== inherited && below !== inherited) {
      add(inherited ? 'deny' : 'allow', 'apexAndSubdomains', name);
    } else if (at !== inherited) {
      add(inherited ? 'deny' : 'allow', 'host', name);
    } else if (below !== inherited) {
      add(inherited ? 'deny' : 'allow', 'subdomains', name);
    }
  }
  return rules;
}

function unsayable(
  { match, protocols, ports, expiresAt }: AllowEntry,
  leftToOthers: EnforcerInput['leftToOthers'],
  called: string,
  holds: NameLanguage['holds'],
): string | undefined {
  if (!holds(match.value)) {
    return `${called} cannot hold a name like this one`;
  }
  if (match.kind === 'oneLabel') {
    return `${called} cannot tell names one label below from those further below`;
  }
  if (expiresAt !== undefined && !leftToOthers.has('expiry')) {
    return `a permission cannot end by itself in ${called}`;
  }
  return (protocols.length < 2 || !isEveryPort(ports)) && !leftToOthers.has('ports')
    ? `${called} knows neither ports nor protocols`
    : undefined;
}

/** A denial of names one label below is taken to reach all below. */
function reachesAsDenial({ kind, value }: Match, name: string): boolean {
  return kind === 'oneLabel' && value !== name;
}

function passes(rules: readonly DestinationRule[]): boolean {
  return rules.length > 0 && rules.every(({ effect }) => effect === 'allow');
}

function atSomePort(rules: readonly DestinationRule[]): boolean {
  const ports = (effect: DestinationRule['effect'], protocol: Protocol) =>
    unionOfPorts(
      rules
        .filter((rule) => rule.effect === effect && rule.protocols.includes(protocol))
        .flatMap((rule) => rule.ports),
    );
  return (['tcp', 'udp'] as const).some(
    (protocol) => withoutPorts(ports('allow', protocol), ports('deny', protocol)).length > 0,
  );
}

/** A label that no entry holds: theirs neither start nor end with a dash. */
const anyLabel = '-any-';

/** The permissions that reach further, by what entries mean, than what was decided about a name and those below it. */
function narrowedEntries(
  name: string,
  about: readonly AllowEntry[],
  { at, below }: Pick<NameDecision, 'at' | 'below'>,
): readonly AllowEntry[] {
  const probes = [
    ...(at ? [] : [name]),
    ...(below ? [] : [`${anyLabel}.${name}`, `${anyLabel}.${anyLabel}.${name}`]),
  ];
  return probes.flatMap((probe) => {
    const matching = about.filter(({ match }) => matchesName(match, probe));
    return atSomePort(matching) ? matching.filter(({ effect }) => effect === 'allow') : [];
  });
}
