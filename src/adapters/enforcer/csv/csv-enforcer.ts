import { Buffer, isUtf8 } from 'node:buffer';
import { parsePorts, portsText, unionOfPorts } from '../../../allow-list/port-set.ts';
import type { AllowEntry, DestinationRule, Match, PortRange, Protocol } from '../../../model/allow-list.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import type { CompiledList, Enforcer, EnforcerInput, ExportedFile } from '../enforcer.ts';
import { everyAbility } from '../every-ability.ts';
import { isPlainListName } from '../export-header.ts';
import { notInItsForm, unusableListName } from '../export-problem.ts';
import { readHost, readPrefix } from '../read-destination.ts';
import { readOnlyFile } from '../read-only-file.ts';
import { csvCells, readCsv, rowEnd } from './csv-text.ts';
import { harmlessCell, originalCell } from './harmless-cell.ts';

const columns = [
  'list',
  'revision',
  'set',
  'effect',
  'match',
  'value',
  'protocols',
  'ports',
  'runProfiles',
  'pools',
  'samples',
  'expiresAt',
  'owner',
  'reason',
  'source',
  'from',
] as const;

/**
 * A list as a table for people and other programs: a row an entry, denials included, each with the list, revision and
 * set that it comes from, as rows of tables are copied together. RFC 4180. No cell is one that a spreadsheet would run.
 */
export const csvEnforcer: Enforcer = {
  name: 'csv',
  abilities: everyAbility,
  compile,
  readBack: (files) => readOnlyFile(files, readFile),
};

function compile(input: EnforcerInput): Result<CompiledList> {
  if (!isPlainListName(input.list)) {
    return failure(unusableListName(input.list));
  }
  const { list, revision, set } = input;
  const origin = csvCells([list, `${revision}`, set]);
  const rows = input.entries.map((entry) => `${origin},${csvCells(cellsOf(entry).map(harmlessCell))}`);
  const text = [csvCells(columns), ...rows, ''].join(rowEnd);
  return success({ files: [{ name: `${list}.csv`, bytes: Buffer.from(text) }], losses: [] });
}

/** Those after the origin. */
function cellsOf(entry: AllowEntry): readonly string[] {
  const { effect, match, protocols, ports, scope, reason, owner, expiresAt, source, list } = entry;
  return [
    effect,
    match.kind,
    match.value,
    protocols.join(' '),
    portsText(ports).replaceAll(',', ' '),
    scope?.runProfiles?.join(' ') ?? '',
    scope?.pools?.join(' ') ?? '',
    scope?.samples?.join(' ') ?? '',
    expiresAt ?? '',
    owner ?? '',
    reason,
    source ?? '',
    list,
  ];
}

function readFile(file: ExportedFile): Result<readonly DestinationRule[]> {
  if (!isUtf8(file.bytes)) {
    return failure(notInItsForm(file.name));
  }
  const [head = [], ...rows] = readCsv(Buffer.from(file.bytes).toString('utf8')) ?? [];
  if (JSON.stringify(head) !== JSON.stringify(columns)) {
    return failure(notInItsForm(head.join(',')));
  }
  const rules: DestinationRule[] = [];
  for (const row of rows) {
    const rule = row.length === columns.length ? ruleOf(row.map(originalCell)) : undefined;
    if (rule === undefined) {
      return failure(notInItsForm(row.join(',')));
    }
    rules.push(rule);
  }
  return success(rules);
}

function ruleOf(row: readonly string[]): DestinationRule | undefined {
  const [, , , effect, kind = '', value = '', protocolText = '', portText = ''] = row;
  const match = matchOf(kind, value);
  const protocols = protocolsOf(protocolText);
  const ports = portsOf(portText);
  return match === undefined ||
    protocols === undefined ||
    ports === undefined ||
    (effect !== 'allow' && effect !== 'deny')
    ? undefined
    : { effect, match, protocols, ports };
}

function matchOf(kind: string, value: string): Match | undefined {
  switch (kind) {
    case 'host':
    case 'subdomains':
    case 'apexAndSubdomains':
    case 'oneLabel':
      return readHost(value) === undefined ? undefined : { kind, value };
    case 'ip':
    case 'cidr':
      return readPrefix(value)?.kind === kind ? { kind, value } : undefined;
    default:
      return undefined;
  }
}

function protocolsOf(text: string): readonly Protocol[] | undefined {
  const known = (['tcp', 'udp'] as const).filter((protocol) => text.split(' ').includes(protocol));
  return known.length > 0 && known.join(' ') === text ? known : undefined;
}

function portsOf(text: string): readonly PortRange[] | undefined {
  const ports = parsePorts(text.replaceAll(' ', ','));
  const isWellFormed = /^(?:\*|\d{1,5}(?:-\d{1,5})?(?: \d{1,5}(?:-\d{1,5})?)*)$/.test(text);
  return isWellFormed &&
    ports.every(({ first, last }) => first <= last && last <= 65_535) &&
    portsText(unionOfPorts(ports)) === portsText(ports)
    ? ports
    : undefined;
}
