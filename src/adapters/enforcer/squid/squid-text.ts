import { everyPort, isEveryPort, unionOfPorts } from '../../../allow-list/port-set.ts';
import type { PortRange } from '../../../model/allow-list.ts';
import { type ExportHeader, headerLines, readHeader } from '../export-header.ts';
import type { SquidGroup, SquidPlan } from './squid-plan.ts';

/**
 * A part of squid.conf that decides about every request: the first line of `http_access` that fits does. A name is
 * compared as it is asked for and an address where one is asked for (`-n`), so that neither a reverse name nor what a
 * name happens to resolve to opens anything; a name that resolves to a denied address is denied for that. FTP opens
 * connections that no rule sees, and URN asks hosts that no rule sees.
 */
export function squidText(header: ExportHeader, { allowed, denied }: SquidPlan): string {
  const stopped = denied.flatMap(({ addresses }, index) =>
    addresses.length === 0 ? [] : [`!denied_${index + 1}`],
  );
  return [
    ...headerLines('#', header),
    'acl other_transfers proto FTP URN',
    ...denied.flatMap((group, index) => [
      ...aclLines(`denied_`, index + 1, group, 'dst'),
      ...(group.addresses.length === 0
        ? []
        : [
            `acl denied_${index + 1} all-of ${[...portsOf('denied_', index + 1, group), `denied_addresses_${index + 1}`].join(' ')}`,
          ]),
    ]),
    ...allowed.flatMap((group, index) => aclLines('allowed_', index + 1, group, 'dst -n')),
    'http_access deny other_transfers',
    ...denied.flatMap((group, index) => nameLines('deny', 'denied_', index + 1, group, [])),
    ...allowed.flatMap((group, index) => [
      ...(group.addresses.length === 0
        ? []
        : [
            accessLine('allow', [...portsOf('allowed_', index + 1, group), `allowed_addresses_${index + 1}`]),
          ]),
      ...nameLines('allow', 'allowed_', index + 1, group, stopped),
    ]),
    'http_access deny all',
    '',
  ].join('\n');
}

/** Reads what {@link squidText} wrote; else gives a line that it would not have written. */
export function readSquid(text: string): SquidPlan | { readonly unread: string } {
  const lines = text.split('\n');
  const header = readHeader('#', lines);
  if (header === undefined) {
    return { unread: lines.slice(0, 2).join(' / ') };
  }
  const groups = { allowed: new Map<number, OpenGroup>(), denied: new Map<number, OpenGroup>() };
  for (const line of lines.slice(2)) {
    const [, side, what, number, value = ''] =
      /^acl (allowed|denied)_(ports|addresses|names|above|apexes|one)_(\d{1,6}) (?:port|dst -n|dst|dstdomain -n|dstdom_regex -n) (\S.*)$/.exec(
        line,
      ) ?? [];
    if (number !== undefined && (side === 'allowed' || side === 'denied')) {
      const group = groups[side].get(Number(number)) ?? {
        ports: everyPort,
        addresses: [],
        names: [],
        above: [],
        oneAbove: [],
      };
      groups[side].set(Number(number), group);
      take(group, what, value);
    }
  }
  const plan = { allowed: inOrder(groups.allowed), denied: inOrder(groups.denied) };
  const again = squidText(header, plan).split('\n');
  const different = lines.findIndex((line, index) => line !== again[index]);
  return different === -1 && again.length === lines.length
    ? plan
    : { unread: lines[different] ?? again[lines.length] ?? '' };
}

type Side = 'allowed_' | 'denied_';

function aclLines(
  side: Side,
  number: number,
  { ports, addresses, names, above, oneAbove }: SquidGroup,
  destination: 'dst' | 'dst -n',
): readonly string[] {
  return [
    ...(isEveryPort(ports) ? [] : [`acl ${side}ports_${number} port ${ports.map(portText).join(' ')}`]),
    ...addresses.map((address) => `acl ${side}addresses_${number} ${destination} ${address}`),
    ...names.map((name) => `acl ${side}names_${number} dstdomain -n ${name}`),
    ...above.map((name) => `acl ${side}above_${number} dstdomain -n .${name}`),
    ...above.map((name) => `acl ${side}apexes_${number} dstdomain -n ${name}`),
    ...oneAbove.map(
      (name) => `acl ${side}one_${number} dstdom_regex -n ^[^.]+[.]${name.replaceAll('.', '[.]')}$`,
    ),
  ];
}

function nameLines(
  verdict: 'allow' | 'deny',
  side: Side,
  number: number,
  group: SquidGroup,
  stopped: readonly string[],
): readonly string[] {
  const ports = portsOf(side, number, group);
  return [
    ...(group.names.length === 0
      ? []
      : [accessLine(verdict, [...ports, `${side}names_${number}`, ...stopped])]),
    ...(group.above.length === 0
      ? []
      : [accessLine(verdict, [...ports, `${side}above_${number}`, `!${side}apexes_${number}`, ...stopped])]),
    ...(group.oneAbove.length === 0
      ? []
      : [accessLine(verdict, [...ports, `${side}one_${number}`, ...stopped])]),
  ];
}

function accessLine(verdict: 'allow' | 'deny', conditions: readonly string[]): string {
  return `http_access ${verdict} ${conditions.join(' ')}`;
}

function portsOf(side: Side, number: number, { ports }: SquidGroup): readonly string[] {
  return isEveryPort(ports) ? [] : [`${side}ports_${number}`];
}

function portText({ first, last }: PortRange): string {
  return first === last ? `${first}` : `${first}-${last}`;
}

interface OpenGroup {
  ports: readonly PortRange[];
  readonly addresses: string[];
  readonly names: string[];
  readonly above: string[];
  readonly oneAbove: string[];
}

/** What does not belong here makes a different text when the group is written again. */
function take(group: OpenGroup, what: string | undefined, value: string): void {
  switch (what) {
    case 'ports':
      group.ports = unionOfPorts(
        [...value.matchAll(/(\d{1,5})(?:-(\d{1,5}))?/g)].map(([, first, last = first]) => ({
          first: Number(first),
          last: Number(last),
        })),
      );
      break;
    case 'addresses':
      group.addresses.push(value);
      break;
    case 'names':
      group.names.push(value);
      break;
    case 'apexes':
      group.above.push(value);
      break;
    case 'one':
      group.oneAbove.push(value.replace('^[^.]+[.]', '').replace(/\$$/, '').replaceAll('[.]', '.'));
      break;
  }
}

function inOrder(groups: ReadonlyMap<number, SquidGroup>): readonly SquidGroup[] {
  return [...groups].sort(([left], [right]) => left - right).map(([, group]) => group);
}
