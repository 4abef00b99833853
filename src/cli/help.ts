import type { Command, CommandOptions } from './command.ts';
import { commandNames, loadCommand } from './commands.ts';
import { wrapText } from './render/wrap-text.ts';

/** Columns of help texts, on every terminal and in docs/cli.md. */
const width = 80;

/** Columns of the names in a table: a longer one has its text below it. */
const nameWidth = 24;

/** In the order of `sandkiln --help`; a command that stands in none comes last. */
const commandGroups: readonly { readonly title: string; readonly commands: readonly string[] }[] = [
  { title: 'this host and its keys', commands: ['init', 'doctor', 'keys'] },
  {
    title: 'from specs to the catalog',
    commands: ['validate', 'plan', 'reconcile', 'build', 'record', 'graph', 'explain'],
  },
  {
    title: 'what the catalog holds',
    commands: ['status', 'get', 'pull', 'verify', 'rebuild', 'history', 'logs'],
  },
  { title: 'allow-lists', commands: ['allow-list'] },
  { title: 'decisions of people', commands: ['hold', 'resume', 'allow-empty'] },
  { title: 'in the way', commands: ['unlock'] },
];

/** `sandkiln --help`. */
export async function generalHelp(): Promise<string> {
  const summaries = new Map<string, string>();
  for (const name of commandNames()) {
    summaries.set(name, (await loadCommand(name))?.summary ?? '');
  }
  const grouped = new Set(commandGroups.flatMap(({ commands }) => commands));
  const rest = commandNames().filter((name) => !grouped.has(name));
  const column = Math.max(...commandNames().map((name) => name.length));
  const rowsOf = (names: readonly string[]) =>
    table(names.map((name) => [name.padEnd(column), summaries.get(name) ?? '']));
  return [
    'sandkiln: GitOps for sandbox images and their egress allow-lists',
    '',
    'usage: sandkiln [-C DIR] COMMAND [OPTIONS]',
    '',
    ...commandGroups.flatMap(({ title, commands }) => [title, ...rowsOf(commands), '']),
    ...(rest.length === 0 ? [] : [...rowsOf(rest), '']),
    ...wrapText(
      'sandkiln COMMAND --help tells more. Exit codes: 0 ok, 1 error, 2 changes present (--detailed-exitcode), ' +
        '3 invalid spec, 4 lock held, 5 push conflict, 6 verification or policy failed, 7 drift, 8 cancelled, ' +
        '9 time-out, 10 partly done.',
      width,
    ),
    '',
  ].join('\n');
}

/** `sandkiln COMMAND --help`. */
export function commandHelp(command: Command, globalOptions: CommandOptions): string {
  const usage = ['usage: sandkiln', command.name, '[OPTIONS]', command.argumentsText].filter(
    (part) => part !== '',
  );
  const { actions = [] } = command;
  const forms =
    command.outputs.length === 0 ? [] : ['', `forms of --output: text, ${command.outputs.join(', ')}`];
  return [
    ...wrapText(command.summary, width),
    '',
    usage.join(' '),
    ...(actions.length === 0
      ? []
      : ['', ...table(actions.map(({ usage: written, does }) => [written, does]))]),
    '',
    ...table([...optionRows(command.options), ...optionRows(globalOptions)]),
    ...forms,
    ...command.details.flatMap((paragraph) => ['', ...wrapText(paragraph, width)]),
    '',
  ].join('\n');
}

function optionRows(options: CommandOptions): [string, string][] {
  return Object.entries(options).map(([name, option]) => {
    const short = option.short === undefined ? '    ' : `-${option.short}, `;
    const value = option.type === 'string' ? ` ${option.value ?? 'VALUE'}` : '';
    return [`${short}--${name}${value}`, option.help];
  });
}

function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  const lefts = rows.map(([left]) => left.length).filter((length) => length <= nameWidth);
  const column = Math.max(0, ...lefts);
  const indent = ' '.repeat(column + 4);
  return rows.flatMap(([left, right]) => {
    const [first = '', ...rest] = wrapText(right, width - indent.length);
    const below = rest.map((line) => `${indent}${line}`);
    return left.length > column
      ? [`  ${left}`, `${indent}${first}`, ...below]
      : [`  ${left.padEnd(column)}  ${first}`, ...below];
  });
}
