import { isEveryPort, portsText, unionOfPorts } from '../../../allow-list/port-set.ts';
import type { DestinationRule, Match, PortRange, Protocol } from '../../../model/allow-list.ts';
import { addressMatch } from '../plain-destinations.ts';
import { readHost, readPrefix } from '../read-destination.ts';

/** Traffic to destinations, some of them left out. */
export interface AllowedTraffic {
  /** Alternatives: one match of names, or addresses and networks. */
  readonly to: readonly Match[];
  readonly exceptTo: readonly Match[];
  readonly protocols: readonly Protocol[];
  readonly ports: readonly PortRange[];
}

const value = 'network-traffic:dst_ref.value';
const port = 'network-traffic:dst_port';
const protocol = 'network-traffic:protocols[*]';

/**
 * Traffic as a STIX pattern (STIX 2.1, section 9) of one comparison of network-traffic. `LIKE` takes `%` for any text, so
 * a name below another is `%.` and that name; that no other stands between them is said by what it is not like.
 */
export function trafficPattern({ to, exceptTo, protocols, ports }: AllowedTraffic): string {
  const clauses = [
    anyOf(to.map(comparison)),
    ...exceptTo.map(exception),
    ...(isEveryPort(ports) ? [] : [anyOf(ports.map(portComparison))]),
    protocols.length === 1 ? `${protocol} = '${protocols[0]}'` : `${protocol} IN ('tcp', 'udp')`,
  ];
  return `[${clauses.join(' AND ')}]`;
}

/** Whether a pattern can hold a match: `_` is any character to `LIKE`. */
export function isPatternable({ kind, value: name }: Match): boolean {
  return kind === 'host' || kind === 'ip' || kind === 'cidr' || !name.includes('_');
}

/** Reads what {@link trafficPattern} wrote, and nothing else. */
export function readTrafficPattern(text: string): AllowedTraffic | undefined {
  const [first = '', ...rest] = topClauses(text.slice(1, -1));
  const last = rest.pop() ?? '';
  const protocols = (['tcp', 'udp'] as const).filter((each) => last.includes(`'${each}'`));
  const withPorts = rest.at(-1)?.includes(port) === true ? rest.pop() : undefined;
  const ports =
    withPorts === undefined
      ? [{ first: 0, last: 65_535 }]
      : [...withPorts.matchAll(/ (?:= (\d{1,5})|>= (\d{1,5}) AND \S+ <= (\d{1,5}))/g)].map(
          ([, only, from, to]) => ({ first: Number(only ?? from), last: Number(only ?? to) }),
        );
  const read: AllowedTraffic = {
    to: readMatches(first),
    exceptTo: rest.flatMap(readException),
    protocols,
    ports,
  };
  return protocols.length > 0 &&
    read.to.length > 0 &&
    portsText(unionOfPorts(ports)) === portsText(ports) &&
    trafficPattern(read) === text
    ? read
    : undefined;
}

/** What allowed traffic means. Exceptions stem from denials, which hold for every permission of the list. */
export function rulesOfTraffic({
  to,
  exceptTo,
  protocols,
  ports,
}: AllowedTraffic): readonly DestinationRule[] {
  return [
    ...to.map((match) => ({ effect: 'allow' as const, match, protocols, ports })),
    ...exceptTo.map((match) => ({ effect: 'deny' as const, match, protocols, ports })),
  ];
}

/** The parts of a comparison that AND joins outside parentheses. */
function topClauses(text: string): readonly string[] {
  const clauses: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/[()]| AND /g)) {
    if (token === ' AND ' && depth === 0) {
      clauses.push(text.slice(start, index));
      start = index + token.length;
    } else if (token !== ' AND ') {
      depth += token === '(' ? 1 : -1;
    }
  }
  return [...clauses, text.slice(start)];
}

function comparison({ kind, value: name }: Match): string {
  switch (kind) {
    case 'host':
    case 'ip':
      return `${value} = '${name}'`;
    case 'cidr':
      return `${value} ISSUBSET '${name}'`;
    case 'subdomains':
      return `${value} LIKE '%.${name}'`;
    case 'apexAndSubdomains':
      return `(${value} = '${name}' OR ${value} LIKE '%.${name}')`;
    case 'oneLabel':
      return `(${value} LIKE '%.${name}' AND ${value} NOT LIKE '%.%.${name}')`;
    default:
      return kind satisfies never;
  }
}

function exception({ kind, value: name }: Match): string {
  switch (kind) {
    case 'host':
      return `${value} != '${name}'`;
    case 'subdomains':
      return `${value} NOT LIKE '%.${name}'`;
    case 'apexAndSubdomains':
      return `(${value} != '${name}' AND ${value} NOT LIKE '%.${name}')`;
    case 'oneLabel':
      return `(${value} NOT LIKE '%.${name}' OR ${value} LIKE '%.%.${name}')`;
    case 'ip':
    case 'cidr':
      throw new TypeError('addresses that are denied are taken out of networks beforehand');
    default:
      return kind satisfies never;
  }
}

function portComparison({ first, last }: PortRange): string {
  return first === last ? `${port} = ${first}` : `(${port} >= ${first} AND ${port} <= ${last})`;
}

function anyOf(texts: readonly string[]): string {
  return texts.length === 1 ? texts.join() : `(${texts.join(' OR ')})`;
}

function readMatches(clause: string): readonly Match[] {
  const texts = [...clause.matchAll(/'([^']*)'/g)].map(([, text = '']) => text);
  const wildcard = texts.find((text) => text.startsWith('%.'));
  if (wildcard === undefined) {
    return texts.flatMap((text) => {
      const match = readPrefix(text);
      return match === undefined ? (readHost(text) ?? []) : addressMatch(match.value);
    });
  }
  const name = readHost(wildcard.slice(2))?.value;
  const kind = clause.includes(' OR ') ? 'apexAndSubdomains' : texts.length > 1 ? 'oneLabel' : 'subdomains';
  return name === undefined ? [] : [{ kind, value: name }];
}

function readException(clause: string): readonly Match[] {
  const texts = [...clause.matchAll(/'([^']*)'/g)].map(([, text = '']) => text);
  const [first = ''] = texts;
  const name = readHost(first.replace(/^%\./, ''))?.value;
  const kind = clause.includes(' OR ')
    ? 'oneLabel'
    : texts.length > 1
      ? 'apexAndSubdomains'
      : first.startsWith('%.')
        ? 'subdomains'
        : 'host';
  return name === undefined ? [] : [{ kind, value: name }];
}
