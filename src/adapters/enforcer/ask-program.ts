import { failure, type Result, success } from '../../model/result.ts';
import type { Command, ProcessResult, ProcessRunner } from '../process/process.ts';
import type { WorkContext } from '../work-context.ts';
import type { CheckedBy } from './enforcer.ts';
import { refusedByProgram } from './export-problem.ts';

/** How a program is asked whether it accepts a file. */
export interface Question {
  readonly program: string;
  /** The name of the file, for messages. */
  readonly fileName: string;
  readonly command: Command;
  readonly stdin?: Uint8Array;
  readonly versionArgument: string;
  /** Its first group is the version in what the program says when asked for it. */
  readonly versionPattern: RegExp;
  /** What it said of a file that it refused. */
  readonly saidIn: (asked: ProcessResult) => string;
  /** For programs that go on after a mistake and exit with 0: whether they did not. */
  readonly isContent?: (asked: ProcessResult) => boolean;
}

/** Has a program judge a file. SK7212 where it refuses it or cannot be asked. */
export async function askProgram(
  { program, fileName, command, stdin, versionArgument, versionPattern, saidIn, isContent }: Question,
  processes: ProcessRunner,
  { timeoutMs, signal }: Pick<WorkContext, 'timeoutMs'> & { readonly signal?: AbortSignal },
): Promise<Result<CheckedBy>> {
  const options = { timeoutMs, ...(signal === undefined ? {} : { signal }) };
  const [asked, version] = await Promise.all([
    processes.run(command, { ...options, ...(stdin === undefined ? {} : { stdin }) }),
    processes.run({ file: program, arguments: [versionArgument] }, options),
  ]);
  return asked.ended === 'exited' && asked.exitCode === 0 && isContent?.(asked) !== false
    ? success({ program, version: versionPattern.exec(version.stdout.toString())?.[1] ?? 'unknown' })
    : failure(refusedByProgram(program, fileName, asked.startError ?? saidIn(asked)));
}
