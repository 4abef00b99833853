import { nameAndAbove } from '../../../allow-list/names.ts';
import { isEveryPort, portsText, unionOfPorts } from '../../../allow-list/port-set.ts';
import type { PortRange } from '../../../model/allow-list.ts';
import { compareCodePoints } from '../../../model/json.ts';
import type { ExportedFile } from '../enforcer.ts';
import { type ExportHeader, headerLines, readHeader } from '../export-header.ts';
import type { NameDecision } from '../name-decisions.ts';
import type { PortCell } from './port-cells.ts';

/**
 * Rules for Suricata 8 and the datasets that they load from beside them, items in base64. Per cell a connection is
 * dropped whose name is in none of the sets that pass, or in one that stops. `under` sets hold names with a dot before
 * them, and mean the names and all below (`dotprefix`, `match subdomain`). A connection that gives no name is dropped.
 */
export function cellFiles(header: ExportHeader, cells: readonly PortCell[]): readonly ExportedFile[] {
  const sets = cells.map(({ decisions }) => setsOf(decisions));
  const lines = cells.flatMap(({ ports }, index) => [
    `# cell ${index + 1}, ports ${portsText(ports)}`,
    ...conditionsOf(header.list, index + 1, sets[index] ?? noNames).flatMap((condition) =>
      buffers.map(({ protocol, buffer }) => ({
        protocol,
        ports,
        condition: condition.replaceAll('NAME;', `${buffer}; to_lowercase;`),
      })),
    ),
  ]);
  const nameless = buffers.map(({ protocol, buffer }) => ({
    protocol,
    ports: [{ first: 0, last: 65_535 }],
    condition: `${buffer}; absent;`,
  }));
  let sid = firstRule;
  const text = [
    ...headerLines('#', header),
    ...[...lines, ...nameless].map((line) =>
      typeof line === 'string'
        ? line
        : `drop ${line.protocol} any any -> any ${portsOfRule(line.ports)} (msg:"not in ${header.list}"; flow:established,to_server; ${line.condition} sid:${sid++}; rev:${header.revision};)`,
    ),
    '',
  ].join('\n');
  return [
    { name: `${header.list}.rules`, bytes: Buffer.from(text) },
    ...sets.flatMap((of, index) =>
      kinds.flatMap((kind) =>
        of[kind].length === 0
          ? []
          : [{ name: setFile(header.list, index + 1, kind), bytes: Buffer.from(setText(kind, of[kind])) }],
      ),
    ),
  ].sort((left, right) => compareCodePoints(left.name, right.name));
}

/** Reads what {@link cellFiles} made; else names what it would not have made. */
export function readCells(files: readonly ExportedFile[]): readonly PortCell[] | { readonly unread: string } {
  const rules = files.find(({ name }) => name.endsWith('.rules'));
  const lines = Buffer.from(rules?.bytes ?? [])
    .toString('latin1')
    .split('\n');
  const header = readHeader('#', lines);
  if (rules === undefined || header === undefined) {
    return { unread: lines.slice(0, 2).join(' / ') };
  }
  const cells: PortCell[] = [];
  for (const line of lines) {
    const ports = /^# cell \d{1,5}, ports (\*|[\d,-]{1,100000})$/.exec(line)?.[1];
    if (ports !== undefined) {
      const number = cells.length + 1;
      const itemsOf = (kind: SetKind) => {
        const file = files.find(({ name }) => name === setFile(header.list, number, kind));
        return file === undefined ? [] : readSet(kind, Buffer.from(file.bytes).toString('latin1'));
      };
      cells.push({
        ports: readPorts(ports),
        decisions: decisionsOf({
          pass: itemsOf('pass'),
          passUnder: itemsOf('passUnder'),
          stop: itemsOf('stop'),
          stopUnder: itemsOf('stopUnder'),
        }),
      });
    }
  }
  const again = cellFiles(header, cells);
  const different = files.find(
    ({ name, bytes }) => !again.some((file) => file.name === name && Buffer.compare(file.bytes, bytes) === 0),
  );
  return different === undefined && again.length === files.length
    ? cells
    : { unread: different?.name ?? `${files.length} files` };
}

const kinds = ['pass', 'passUnder', 'stop', 'stopUnder'] as const;
type SetKind = (typeof kinds)[number];
type CellSets = Readonly<Record<SetKind, readonly string[]>>;

const noNames: CellSets = { pass: [], passUnder: [], stop: [], stopUnder: [] };

/** Within the range that is left to local rules. */
const firstRule = 1_700_000;

const buffers = [
  { protocol: 'tls', buffer: 'tls.sni' },
  { protocol: 'http', buffer: 'http.host' },
];

function setsOf(decisions: readonly NameDecision[]): CellSets {
  const byName = new Map(decisions.map((decision) => [decision.name, decision]));
  const inherited = (name: string) => {
    const upper = nameAndAbove(name)
      .slice(1)
      .find((above) => byName.has(above));
    return byName.get(upper ?? '')?.below ?? false;
  };
  const names = (wanted: (decision: NameDecision, above: boolean) => boolean) =>
    decisions.flatMap((decision) => (wanted(decision, inherited(decision.name)) ? [decision.name] : []));
  return {
    pass: names(({ at, below }) => at && !below),
    passUnder: names(({ below }, above) => below && !above),
    stop: names(({ at, below }) => !at && below),
    stopUnder: names(({ below }, above) => !below && above),
  };
}

function decisionsOf({ pass, passUnder, stop, stopUnder }: CellSets): readonly NameDecision[] {
  const [passing, stopped] = [new Set(pass), new Set(stop)];
  const made = new Map<string, NameDecision>();
  for (const name of pass) {
    made.set(name, { name, at: true, below: false });
  }
  for (const name of stop) {
    made.set(name, { name, at: false, below: true });
  }
  for (const name of passUnder) {
    made.set(name, { name, at: !stopped.has(name), below: true });
  }
  for (const name of stopUnder) {
    made.set(name, { name, at: passing.has(name), below: false });
  }
  // Names are ASCII, and there UTF-16 units sort as code points do.
  return [...made.keys()].sort().flatMap((name) => made.get(name) ?? []);
}

/** When a name, which stands for the buffer that holds it, makes Suricata drop the connection. */
function conditionsOf(list: string, cell: number, sets: CellSets): readonly string[] {
  const is = (command: 'isset' | 'isnotset', kind: SetKind) => {
    if (sets[kind].length === 0) {
      return '';
    }
    const options = `type string,load ${setFile(list, cell, kind)},hashsize ${hashSize(sets[kind].length)},memcap 1gb`;
    const name = `${list}-${cell}-${kind}`;
    return isUnder(kind)
      ? `NAME; dotprefix; dataset:${command},${name},${options},match subdomain; `
      : `NAME; dataset:${command},${name},${options}; `;
  };
  const isPassed = `${is('isnotset', 'pass')}${is('isnotset', 'passUnder')}`;
  return [
    isPassed === '' ? 'NAME; bsize:>0; ' : isPassed,
    ...(sets.stop.length === 0 ? [] : [is('isset', 'stop')]),
    ...(sets.stopUnder.length === 0 ? [] : [`${is('isset', 'stopUnder')}${is('isnotset', 'pass')}`]),
  ].map((condition) => condition.trimEnd());
}

/** About one bucket an item, in the bounds of Suricata. */
function hashSize(items: number): number {
  return Math.min(65_536, 2 ** Math.ceil(Math.log2(Math.max(16, items))));
}

function setFile(list: string, cell: number, kind: SetKind): string {
  return `${list}.${cell}.${kind}.lst`;
}

/** A line an item; those of `under` sets have a dot before them, as `dotprefix` gives the name that is looked for one. */
function setText(kind: SetKind, names: readonly string[]): string {
  const dot = isUnder(kind) ? '.' : '';
  return names.map((name) => `${Buffer.from(`${dot}${name}`).toString('base64')}\n`).join('');
}

function readSet(kind: SetKind, text: string): readonly string[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) =>
      Buffer.from(line, 'base64')
        .toString('latin1')
        .slice(isUnder(kind) ? 1 : 0),
    );
}

function isUnder(kind: SetKind): boolean {
  return kind === 'passUnder' || kind === 'stopUnder';
}

function portsOfRule(ports: readonly PortRange[]): string {
  return isEveryPort(ports)
    ? 'any'
    : `[${ports.map(({ first, last }) => (first === last ? `${first}` : `${first}:${last}`)).join(',')}]`;
}

function readPorts(text: string): readonly PortRange[] {
  return text === '*'
    ? [{ first: 0, last: 65_535 }]
    : unionOfPorts(
        text.split(',').map((range) => {
          const [first = 0, last = first] = range.split('-').map(Number);
          return { first, last };
        }),
      );
}
