import { portsText, unionOfPorts } from '../../../allow-list/port-set.ts';
import type { PortRange } from '../../../model/allow-list.ts';
import { compareCodePoints } from '../../../model/json.ts';
import type { ExportedFile } from '../enforcer.ts';
import { type ExportHeader, headerLines, readHeader } from '../export-header.ts';
import {
  type CellSets,
  datasetOf,
  decisionsOf,
  readSet,
  type SetKind,
  setFile,
  setKinds,
  setsOf,
  setText,
} from './cell-sets.ts';
import { type NameRule, nameIs, nameRuleLines } from './name-rules.ts';
import { isPassedFile, passedFiles, readPassingNames } from './passed-files.ts';
import { isOfDecisions } from './passing-names.ts';
import type { PortCell } from './port-cells.ts';

/**
 * Rules for Suricata 8 and the datasets that they load from beside them, items in base64. Per cell a connection is
 * dropped whose name is in none of the sets that pass, or in one that stops. `under` sets hold names with a dot before
 * them, and mean the names and all below (`dotprefix`, `match subdomain`). A connection that gives no name is dropped.
 * Beside them stand the rules of {@link passedFiles}, which decide nothing.
 */
export function cellFiles(header: ExportHeader, cells: readonly PortCell[]): readonly ExportedFile[] {
  const sets = cells.map(({ decisions }) => setsOf(decisions));
  const drop = (ports: readonly PortRange[], condition: string): NameRule => ({
    action: 'drop',
    message: `not in ${header.list}`,
    ports,
    condition,
  });
  const rules = cells.flatMap(({ ports }, index) => [
    `# cell ${index + 1}, ports ${portsText(ports)}`,
    ...conditionsOf(header.list, index + 1, sets[index] ?? noNames).map((condition) =>
      drop(ports, condition),
    ),
  ]);
  const nameless = drop([{ first: 0, last: 65_535 }], 'RAW; absent;');
  const text = [
    ...headerLines('#', header),
    ...nameRuleLines(header, firstRule, [...rules, nameless]),
    '',
  ].join('\n');
  return [
    { name: `${header.list}.rules`, bytes: Buffer.from(text) },
    ...sets.flatMap((of, index) =>
      setKinds.flatMap((kind) =>
        of[kind].length === 0
          ? []
          : [{ name: setFile(header.list, index + 1, kind), bytes: Buffer.from(setText(kind, of[kind])) }],
      ),
    ),
    ...passedFiles(header, cells),
  ].sort((left, right) => compareCodePoints(left.name, right.name));
}

/** Reads what {@link cellFiles} made; else names what it would not have made. */
export function readCells(files: readonly ExportedFile[]): readonly PortCell[] | { readonly unread: string } {
  const rules = files.find(({ name }) => isRulesFile(name));
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
      const decisions = decisionsOf({
        pass: itemsOf('pass'),
        passUnder: itemsOf('passUnder'),
        stop: itemsOf('stop'),
        stopUnder: itemsOf('stopUnder'),
      });
      const passing = readPassingNames(files, header.list, number);
      if (!isOfDecisions(passing, decisions)) {
        return { unread: `what passes in cell ${number}` };
      }
      cells.push({ ports: readPorts(ports), decisions, passing });
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

/** Whether a file holds the rules that decide. */
export function isRulesFile(name: string): boolean {
  return name.endsWith('.rules') && !isPassedFile(name);
}

const noNames: CellSets = { pass: [], passUnder: [], stop: [], stopUnder: [] };

/** Within the range that is left to local rules. */
const firstRule = 1_700_000;

/** When a name, which stands for the buffer that holds it, makes Suricata drop the connection. */
function conditionsOf(list: string, cell: number, sets: CellSets): readonly string[] {
  const is = (command: 'isset' | 'isnotset', kind: SetKind) =>
    nameIs(command, datasetOf(list, cell, kind, sets));
  const isPassed = `${is('isnotset', 'pass')}${is('isnotset', 'passUnder')}`;
  return [
    isPassed === '' ? 'NAME; bsize:>0; ' : isPassed,
    ...(sets.stop.length === 0 ? [] : [is('isset', 'stop')]),
    ...(sets.stopUnder.length === 0 ? [] : [`${is('isset', 'stopUnder')}${is('isnotset', 'pass')}`]),
  ].map((condition) => condition.trimEnd());
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
