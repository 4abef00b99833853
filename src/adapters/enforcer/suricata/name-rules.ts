import { isEveryPort } from '../../../allow-list/port-set.ts';
import type { PortRange } from '../../../model/allow-list.ts';
import type { ExportHeader } from '../export-header.ts';

/** What happens where a connection to some ports gives a name of which a condition holds. */
export interface NameRule {
  readonly action: 'drop' | 'alert';
  readonly message: string;
  readonly ports: readonly PortRange[];
  /** Keywords of Suricata; `NAME;` stands for the buffer that holds the name, in lower case, `RAW;` for it as it came. */
  readonly condition: string;
}

/** The lines of rules, one for TLS and one for HTTP each, numbered from a number on; comments stay as they are. */
export function nameRuleLines(
  header: ExportHeader,
  firstNumber: number,
  rules: readonly (NameRule | string)[],
): readonly string[] {
  let sid = firstNumber;
  const line =
    ({ action, message, ports, condition }: NameRule) =>
    ({ protocol, buffer }: NameBuffer) =>
      `${action} ${protocol} any any -> any ${portsOfRule(ports)} (msg:"${message}"; flow:established,to_server; ${condition.replaceAll('NAME;', `${buffer}; to_lowercase;`).replaceAll('RAW;', `${buffer};`)} sid:${sid++}; rev:${header.revision};)`;
  return rules.flatMap((rule) => (typeof rule === 'string' ? [rule] : nameBuffers.map(line(rule))));
}

/**
 * That a name is in a dataset, or is not, as the part of a rule; `NAME` stands for the buffer that holds the name. Nothing
 * where the dataset would be empty.
 */
export function nameIs(command: 'isset' | 'isnotset', { name, load, items, isUnder }: NameDataset): string {
  if (items === 0) {
    return '';
  }
  const options = `type string,load ${load},hashsize ${hashSize(items)},memcap 1gb`;
  return isUnder
    ? `NAME; dotprefix; dataset:${command},${name},${options},match subdomain; `
    : `NAME; dataset:${command},${name},${options}; `;
}

/** A dataset of names. */
export interface NameDataset {
  readonly name: string;
  /** The file that it is loaded from, and how that is read. */
  readonly load: string;
  readonly items: number;
  /** Whether its names stand for all below them as well, and have a dot before them. */
  readonly isUnder: boolean;
}

interface NameBuffer {
  readonly protocol: string;
  readonly buffer: string;
}

const nameBuffers: readonly NameBuffer[] = [
  { protocol: 'tls', buffer: 'tls.sni' },
  { protocol: 'http', buffer: 'http.host' },
];

function portsOfRule(ports: readonly PortRange[]): string {
  return isEveryPort(ports)
    ? 'any'
    : `[${ports.map(({ first, last }) => (first === last ? `${first}` : `${first}:${last}`)).join(',')}]`;
}

/** About one bucket an item, in the bounds of Suricata. */
function hashSize(items: number): number {
  return Math.min(65_536, 2 ** Math.ceil(Math.log2(Math.max(16, items))));
}
