import type { ParseArgsOptionsConfig } from 'node:util';
import type { ExitCode } from './exit-code.ts';

/** One command of the command line: a file in commands/. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** `[NAME]`: what stands after the flags, for `--help`. */
  readonly argumentsText: string;
  /** For `--help`: how each action of a command that has several is written, and what it does. */
  readonly actions?: readonly { readonly usage: string; readonly does: string }[];
  readonly options: CommandOptions;
  /** Least and greatest number of positional arguments. */
  readonly arguments: { readonly least: number; readonly most: number };
  /** Forms that `--output` takes, besides `text`. */
  readonly outputs: readonly OutputForm[];
  /** Paragraphs and examples below the options in `--help`. */
  readonly details: readonly string[];
  run(invocation: Invocation): Promise<ExitCode>;
}

export type CommandOptions = Readonly<
  Record<string, ParseArgsOptionsConfig[string] & { readonly help: string; readonly value?: string }>
>;

export type OutputForm = 'text' | 'json' | 'markdown' | 'sarif' | 'github' | 'gitlab' | 'junit';

/** What a command gets: its words, and the ports of the terminal. */
export interface Invocation {
  readonly directory: string;
  readonly output: OutputForm;
  /** Whether to colour what people read on stderr. */
  readonly color: boolean;
  readonly positionals: readonly string[];
  text(option: string): string | undefined;
  list(option: string): readonly string[];
  flag(option: string): boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Data. */
  readonly stdout: (text: string) => void;
  /** Everything else. */
  readonly stderr: (text: string) => void;
  readonly isTerminal: boolean;
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}
