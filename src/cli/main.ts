import { resolve } from 'node:path';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { Command, Invocation, OutputForm } from './command.ts';
import { commandNames, loadCommand } from './commands.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { globalOptions } from './global-options.ts';
import { commandHelp, generalHelp } from './help.ts';
import { engineVersion } from './version.ts';

/** Runs one command; gives the exit code of the process. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  process.umask(0o022);
  surviveClosedPipes();
  const leading = takeDirectory(argv);
  const [name, ...rest] = leading.rest;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const topic = rest[0] === undefined ? undefined : await loadCommand(rest[0]);
    if (rest[0] !== undefined && topic === undefined) {
      return usageError(await unknownCommand(rest[0]));
    }
    const stream = name === undefined ? process.stderr : process.stdout;
    stream.write(topic === undefined ? await generalHelp() : commandHelp(topic, globalOptions));
    return name === undefined ? exitCodes.error : exitCodes.ok;
  }
  if (name === '--version' || name === 'version') {
    process.stdout.write(`sandkiln ${engineVersion()}\n`);
    return exitCodes.ok;
  }
  const command = await loadCommand(name);
  if (command === undefined) {
    return usageError(name.startsWith('-') ? misplacedOption(name) : await unknownCommand(name));
  }
  const invocation = await parseInvocation(command, rest, leading.directory);
  if (typeof invocation === 'string') {
    return usageError(`${invocation}\nsandkiln ${command.name} --help lists what it takes`);
  }
  if (invocation.flag('help')) {
    process.stdout.write(commandHelp(command, globalOptions));
    return exitCodes.ok;
  }
  return command.run(invocation);
}

/** A reader that goes away early (`| head`) ends neither a plan nor a run whose results must still be recorded. */
function surviveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') {
        throw error;
      }
    });
  }
}

/** `-C DIR` may stand before the command, as with git; so may `--directory=DIR`. */
function takeDirectory(argv: readonly string[]): {
  readonly directory?: string;
  readonly rest: readonly string[];
} {
  const [first, second, ...rest] = argv;
  if ((first === '-C' || first === '--directory') && second !== undefined) {
    return { directory: second, rest };
  }
  const joined = /^(?:-C|--directory=)(.+)$/s.exec(first ?? '')?.[1];
  return joined === undefined ? { rest: argv } : { directory: joined, rest: argv.slice(1) };
}

async function parseInvocation(
  command: Command,
  argv: readonly string[],
  leadingDirectory: string | undefined,
): Promise<Invocation | string> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(command, argv);
  } catch (error) {
    // parseArgs throws for what the person wrote.
    const { optionProblem } = await import('./option-problem.ts');
    return `error: ${optionProblem(error, [...Object.keys(command.options), ...Object.keys(globalOptions)])}`;
  }
  const { values, positionals } = parsed;
  const { least, most } = command.arguments;
  if (values['help'] !== true && (positionals.length < least || positionals.length > most)) {
    return `error: sandkiln ${command.name} takes ${command.argumentsText === '' ? 'no arguments' : command.argumentsText}`;
  }
  const forms: readonly string[] = ['text', ...command.outputs];
  const output = String(values['output'] ?? 'text');
  if (!forms.includes(output)) {
    return `error: --output ${output} is not one of ${forms.join(', ')}`;
  }
  const when = String(values['color'] ?? 'auto');
  if (!['auto', 'always', 'never'].includes(when)) {
    return `error: --color ${when} is not one of auto, always, never`;
  }
  const environment = process.env;
  const isTerminal = process.stderr.isTTY === true && environment['CI'] !== 'true';
  const noColor = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return {
    directory: resolve(String(values['directory'] ?? leadingDirectory ?? '.')),
    output: output as OutputForm,
    color: when === 'always' || (when === 'auto' && process.stderr.isTTY === true && !noColor),
    positionals,
    text: (option) => (typeof values[option] === 'string' ? values[option] : undefined),
    list: (option) => (Array.isArray(values[option]) ? values[option].map(String) : []),
    flag: (option) => values[option] === true,
    environment,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    isTerminal,
    signal: interruption(),
  };
}

function parse(command: Command, argv: readonly string[]) {
  const options: ParseArgsOptionsConfig = {};
  for (const [name, option] of Object.entries({ ...globalOptions, ...command.options })) {
    const { type, short, multiple } = option as ParseArgsOptionsConfig[string];
    options[name] = {
      type,
      ...(short === undefined ? {} : { short }),
      ...(multiple === true ? { multiple } : {}),
    };
  }
  return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
}

/** The first Ctrl-C stops in good order; the second ends the process at once. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) {
        process.exit(exitCodes.cancelled);
      }
      controller.abort(name);
    });
  }
  return controller.signal;
}

async function unknownCommand(name: string): Promise<string> {
  const { closest, distance } = await import('fastest-levenshtein');
  const near = closest(name, commandNames());
  const hint = distance(name, near) <= 3 ? `; did you mean ${near}?` : '';
  return `error: there is no command ${JSON.stringify(name)}${hint}\nsandkiln --help lists the commands`;
}

function misplacedOption(option: string): string {
  const wanted = /^(?:-C|--directory)$/.test(option)
    ? `${option} needs a folder`
    : `${option} belongs after the command`;
  return `error: ${wanted}: sandkiln [-C DIR] COMMAND [OPTIONS]\nsandkiln --help lists the commands`;
}

function usageError(text: string): ExitCode {
  process.stderr.write(`${text}\n`);
  return exitCodes.error;
}
