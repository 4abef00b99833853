import { isEveryPort, portsText } from '../../../allow-list/port-set.ts';
import { headerLines } from '../export-header.ts';
import {
  type AppliedMark,
  learnedForSeconds,
  type NftElement,
  type NftRule,
  type NftSet,
  type NftTable,
} from './nft-table.ts';

/** A table as nft itself would list it, with what replaces the present one in the same transaction before it. */
export function tableText(list: string, table: NftTable): string {
  const { name, mark } = table;
  return [
    '#!/usr/sbin/nft -f',
    ...headerLines('#', { list, ...mark }),
    `table inet ${name}`,
    `delete table inet ${name}`,
    `table inet ${name} {`,
    block('set applied', appliedLines(mark)),
    ...table.sets.map((set) => block(`set ${set.name}`, setLines(set))),
    block(
      'chain to',
      table.rules.map((rule) => ruleText(rule, 'to')),
    ),
    block(
      'chain from',
      table.rules.map((rule) => ruleText(rule, 'from')),
    ),
    ...table.baseChains.map((chain) => block(`chain ${chain.name}`, chain.lines)),
    '}',
    '',
  ].join('\n');
}

/** The set without members whose comment says what is applied. */
export function appliedLines(mark: AppliedMark): readonly string[] {
  return ['type mark', `comment "${markText(mark)}"`];
}

/** How a set is declared, its elements left out. */
export function declarationLines({ family, holds }: NftSet): readonly string[] {
  const flags = {
    hosts: [],
    ranges: ['interval'],
    'timed hosts': ['timeout'],
    'timed ranges': ['interval', 'timeout'],
  };
  return [
    `type ipv${family}_addr`,
    ...(holds === 'learned' ? [`timeout ${durationText(learnedForSeconds)}`] : []),
    ...(holds === 'learned' || flags[holds].length === 0 ? [] : [`flags ${flags[holds].join(',')}`]),
  ];
}

export function elementText({ value, timeoutSeconds, comment }: NftElement): string {
  const timeout = timeoutSeconds === undefined ? '' : ` timeout ${durationText(timeoutSeconds)}`;
  return `${value}${timeout}${comment === undefined ? '' : ` comment "${comment}"`}`;
}

/** A rule for packets that go to the addresses of a set, or come from them. */
export function ruleText(
  { set, family, protocols, ports, verdict }: NftRule,
  direction: 'to' | 'from',
): string {
  const [address, port] = direction === 'to' ? ['daddr', 'dport'] : ['saddr', 'sport'];
  const [only] = protocols;
  const both = protocols.length > 1;
  const service = isEveryPort(ports)
    ? `meta l4proto ${both ? '{ tcp, udp }' : only}`
    : `${both ? 'meta l4proto { tcp, udp } th' : only} ${port} ${alternatives(portsText(ports).split(','))}`;
  return `${family === 4 ? 'ip' : 'ip6'} ${address} @${set} ${service} ${verdict === 'accept' ? 'accept' : 'goto refused'}`;
}

function alternatives(values: readonly string[]): string {
  return values.length === 1 ? values.join() : `{ ${values.join(', ')} }`;
}

function markText({ revision, headCounter, set }: AppliedMark): string {
  return [`r${revision}`, ...(headCounter === null ? [] : [`n${headCounter}`]), set].join(' ');
}

function setLines(set: NftSet): readonly string[] {
  const declaration = declarationLines(set);
  return set.elements.length === 0
    ? declaration
    : [...declaration, `elements = { ${set.elements.map(elementText).join(',\n\t\t\t     ')} }`];
}

function block(head: string, lines: readonly string[]): string {
  return `\t${head} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
}

/** `1d2h3m4s`: nft takes no number of more than eight digits. */
function durationText(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count}${unit}`])).join('') || '0s';
}
