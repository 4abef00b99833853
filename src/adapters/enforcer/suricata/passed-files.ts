import type { ExportedFile } from '../enforcer.ts';
import { type ExportHeader, headerLines } from '../export-header.ts';
import { datasetOf, setsOf } from './cell-sets.ts';
import { type NameDataset, type NameRule, nameIs, nameRuleLines } from './name-rules.ts';
import type { PassingName } from './passing-names.ts';
import type { PortCell } from './port-cells.ts';

/**
 * Rules that report, for each connection whose name passes, which entry lets it: alerts with the list, its revision and
 * the key of the entry under `alert.context.sandkiln` of EVE, taken from datasets in ndjson. They stop nothing and let
 * nothing pass, so they may be left away. None where nothing passes.
 */
export function passedFiles(header: ExportHeader, cells: readonly PortCell[]): readonly ExportedFile[] {
  if (cells.every(({ passing }) => passing.length === 0)) {
    return [];
  }
  const rules = cells.flatMap((cell, index): readonly (NameRule | string)[] =>
    conditionsOf(header.list, index + 1, cell).map((condition) => ({
      action: 'alert',
      message: `passed by ${header.list}`,
      ports: cell.ports,
      condition,
    })),
  );
  const lines = [...headerLines('#', header), ...nameRuleLines(header, firstRule, rules), ''];
  return [
    { name: `${header.list}${rulesEnding}`, bytes: Buffer.from(lines.join('\n')) },
    ...cells.flatMap(({ passing }, index) =>
      [false, true].flatMap((isUnder) => {
        const items = passing.filter((item) => item.isUnder === isUnder);
        const text = items.map((item) => `${itemText(header, item)}\n`).join('');
        return text === ''
          ? []
          : [{ name: contextFile(header.list, index + 1, isUnder), bytes: Buffer.from(text) }];
      }),
    ),
  ];
}

/** Whether a file holds the rules of {@link passedFiles}. */
export function isPassedFile(name: string): boolean {
  return name.endsWith(rulesEnding);
}

/** The items that the files of a cell hold; what is not in their form is left out. */
export function readPassingNames(
  files: readonly ExportedFile[],
  list: string,
  cell: number,
): readonly PassingName[] {
  return [false, true].flatMap((isUnder) => {
    const file = files.find(({ name }) => name === contextFile(list, cell, isUnder));
    const lines = Buffer.from(file?.bytes ?? [])
      .toString('latin1')
      .split('\n');
    return lines.flatMap((line) => {
      const [, name, entry] = item.exec(line) ?? [];
      return name === undefined || entry === undefined ? [] : [{ name, isUnder, entry }];
    });
  });
}

const rulesEnding = '.passed.rules';

/** Within the range that is left to local rules, behind the rules that decide. */
const firstRule = 1_900_000;

const item =
  /^\{"name":"\.?([a-z0-9_.-]{1,253})","list":"[a-z0-9-]{1,128}","revision":\d{1,15},"entry":"([^"\\]{1,500})"\}$/;

/** Suricata leaves out, with an error and going on, lines whose context has 1024 characters; this one's has less. */
function itemText({ list, revision }: ExportHeader, { name, isUnder, entry }: PassingName): string {
  return JSON.stringify({ name: isUnder ? `.${name}` : name, list, revision, entry });
}

/** When a name passes: an entry about it alone is told before one about all below a name. */
function conditionsOf(list: string, cell: number, { decisions, passing }: PortCell): readonly string[] {
  const context = (isUnder: boolean): NameDataset => ({
    name: `${list}-${cell}-passed${isUnder ? 'Under' : ''}`,
    load: `${contextFile(list, cell, isUnder)},format ndjson,value_key name,context_key sandkiln`,
    items: passing.filter((one) => one.isUnder === isUnder).length,
    isUnder,
  });
  const sets = setsOf(decisions);
  const alone = nameIs('isset', context(false));
  const under = nameIs('isset', context(true));
  const others = [
    datasetOf(list, cell, 'stop', sets),
    datasetOf(list, cell, 'stopUnder', sets),
    context(false),
  ].map((set) => nameIs('isnotset', set));
  return [
    ...(alone === '' ? [] : [alone.trimEnd()]),
    ...(under === '' ? [] : [`${under}${others.join('')}`.trimEnd()]),
  ];
}

function contextFile(list: string, cell: number, isUnder: boolean): string {
  return `${list}.${cell}.passed${isUnder ? 'Under' : ''}.ndjson`;
}
