import type { Command, CommandOptions } from './command.ts';
import { commandNames, loadCommand } from './commands.ts';

/** `sandkiln --help`. */
export async function generalHelp(): Promise<string> {
  const rows: [string, string][] = [];
  for (const name of commandNames()) {
    rows.push([name, (await loadCommand(name))?.summary ?? '']);
  }
  return [
    'sandkiln: GitOps for sandbox images and their egress allow-lists',
    '',
    'usage: sandkiln [-C DIR] COMMAND [OPTIONS]',
    '',
    ...table(rows),
    '',
    'sandkiln COMMAND --help tells more. Exit codes: 0 ok, 1 error, 2 changes present (--detailed-exitcode),',
    '3 invalid spec, 4 lock held, 5 push conflict, 6 verification or policy failed, 7 drift, 8 cancelled,',
    '9 time-out, 10 partly done.',
    '',
  ].join('\n');
}

/** `sandkiln COMMAND --help`. */
export function commandHelp(command: Command, globalOptions: CommandOptions): string {
  const usage = ['usage: sandkiln', command.name, '[OPTIONS]', command.argumentsText].filter(
    (part) => part !== '',
  );
  const forms =
    command.outputs.length === 0 ? [] : ['', `forms of --output: text, ${command.outputs.join(', ')}`];
  return [
    command.summary,
    '',
    usage.join(' '),
    '',
    ...table([...optionRows(command.options), ...optionRows(globalOptions)]),
    ...forms,
    ...command.details.flatMap((paragraph) => ['', paragraph]),
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
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
