import { nameAndAbove } from '../../../allow-list/names.ts';
import { type ExportHeader, headerLines, readHeader } from '../export-header.ts';
import type { NameDecision } from '../name-decisions.ts';

/**
 * A filter list for DNS in the form that AdGuard Home reads beside hosts files. `||a.org^` is a name and all below it,
 * `|a.org^` the name alone, `|*.a.org^` those below alone; `@@` lets pass what another rule stops, and `$important`
 * stops what `@@` lets pass. The last lines stop every name.
 */
export function filterText(header: ExportHeader, decisions: readonly NameDecision[]): string {
  const byName = new Map(decisions.map((decision) => [decision.name, decision]));
  return [
    ...headerLines('!', header),
    ...decisions.map((decision) => ruleOf(decision, decisionAbove(byName, decision.name))),
    ...everyName,
    '',
  ].join('\n');
}

/** Reads what {@link filterText} wrote; else gives a line that it would not have written. */
export function readFilter(text: string): readonly NameDecision[] | { readonly unread: string } {
  const lines = text.split('\n');
  const header = readHeader('!', lines);
  if (header === undefined) {
    return { unread: lines.slice(0, 2).join(' / ') };
  }
  const decisions: NameDecision[] = [];
  for (const line of lines.slice(2, -1 - everyName.length)) {
    const [, exception, start, name, important] =
      /^(@@)?(\|\||\|\*\.|\|)([a-z0-9_.-]+)\^(\$important)?$/.exec(line) ?? [];
    if (name === undefined || (exception === undefined) !== (important !== undefined)) {
      return { unread: line };
    }
    const passes = exception !== undefined;
    decisions.push({
      name,
      at: start === '|*.' ? !passes : passes,
      below: start === '|' ? !passes : passes,
    });
  }
  const again = filterText(header, decisions).split('\n');
  const different = lines.findIndex((line, index) => line !== again[index]);
  return different === -1 && again.length === lines.length
    ? decisions
    : { unread: lines[different] ?? again[lines.length] ?? '' };
}

/** Twice, since there are readers that hold the first for too wide, and readers that try the second on no name without a dot. */
const everyName = ['||*^', '/.*/'];

/** A decision differs from the one above it in one of its parts or in both. */
function ruleOf({ name, at, below }: NameDecision, inherited: boolean): string {
  const start = at === inherited ? '|*.' : below === inherited ? '|' : '||';
  return inherited ? `${start}${name}^$important` : `@@${start}${name}^`;
}

function decisionAbove(byName: ReadonlyMap<string, NameDecision>, name: string): boolean {
  const upper = nameAndAbove(name)
    .slice(1)
    .find((above) => byName.has(above));
  return byName.get(upper ?? '')?.below ?? false;
}
