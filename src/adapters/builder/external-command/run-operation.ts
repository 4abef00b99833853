import type { Diagnostic } from '../../../model/diagnostic.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import { limitCpus } from '../../isolation/limit-cpus.ts';
import type { Command, ProcessResult, ProcessRunner } from '../../process/process.ts';
import { processFailure, processSucceeded } from '../../process/process-diagnostic.ts';
import { eventLines, type StreamProblem } from './event-lines.ts';
import { externalDiagnostic } from './external-diagnostic.ts';
import { createListener, type Listener, type Told } from './listener.ts';
import type { ProtocolRequest } from './protocol.ts';

/** A builder as the host configuration has it. */
export interface ExternalCommand {
  readonly name: string;
  /** The program's absolute path, then its arguments. */
  readonly command: readonly string[];
  readonly processes: ProcessRunner;
}

export interface OperationContext {
  /** Working folder, HOME and TMPDIR of the program. */
  readonly folder: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly cpus?: number | undefined;
  readonly log: (line: string) => void;
}

const stderrLimitBytes = 16 * 1024 * 1024;

/**
 * One request to a builder: its program is started, gets the request on stdin, and is listened to until it ends, with an
 * environment that holds no setting of this program or its user. It is stopped as soon as it breaks the protocol. What it
 * told is checked for form and order alone. SK4021 to SK4024, SK4027, and those of processes for time and cancellation.
 */
export async function runOperation(
  external: ExternalCommand,
  request: ProtocolRequest,
  context: OperationContext,
): Promise<Result<Told>> {
  const { name, processes } = external;
  const [file = '', ...words] = external.command;
  const { folder, log } = context;
  const command: Command = {
    file,
    arguments: words,
    directory: folder,
    environment: { HOME: folder, TMPDIR: folder },
  };
  const stop = new AbortController();
  const listener = createListener(name, log);
  const stopFor = (problem: Diagnostic | undefined): void => {
    if (problem !== undefined) {
      stop.abort();
    }
  };
  const result = await processes.run(await limitCpus(command, context.cpus), {
    stdin: `${JSON.stringify(request)}\n`,
    timeoutMs: context.timeoutMs,
    signal: context.signal === undefined ? stop.signal : AbortSignal.any([context.signal, stop.signal]),
    log,
    outputLimitBytes: stderrLimitBytes,
    stdoutTo: eventLines(
      (line) => stopFor(listener.take(line)),
      (problem) => stopFor(listener.break(streamDiagnostic(name, problem))),
    ),
  });
  const isCancelled = context.signal?.aborted === true;
  const problem = endProblem(name, command, result, listener, isCancelled);
  return problem === undefined ? success(listener.told()) : failure(problem);
}

function streamDiagnostic(builder: string, problem: StreamProblem): Diagnostic {
  switch (problem) {
    case 'long-line':
      return externalDiagnostic.tooMuch(builder, 'an event of more than 64 KiB');
    case 'long-stream':
      return externalDiagnostic.tooMuch(builder, 'more than 16 MiB of events');
    case 'not-utf8':
      return externalDiagnostic.brokenProtocol(builder, 'it wrote bytes to its stdout that are not UTF-8');
  }
}

/** What a builder tells while it is being stopped from outside is not the reason why it was. */
function endProblem(
  builder: string,
  command: Command,
  result: ProcessResult,
  listener: Listener,
  isCancelled: boolean,
): Diagnostic | undefined {
  if (result.ended === 'timed-out' || (result.ended === 'cancelled' && isCancelled)) {
    return processFailure(command, result, crash(builder));
  }
  const end = listener.end();
  const broken = listener.problem();
  if (broken !== undefined) {
    return broken;
  }
  if (result.ended === 'not-started') {
    return externalDiagnostic.notStarted(builder, command.file, result.startError ?? 'unknown reason');
  }
  if (result.ended === 'output-limit') {
    return externalDiagnostic.tooMuch(builder, 'more than 16 MiB to stderr');
  }
  if (end?.type === 'failed') {
    return externalDiagnostic.failed(builder, end);
  }
  if (!processSucceeded(result)) {
    const { failure: _, ...diagnostic } = processFailure(command, result, crash(builder));
    return diagnostic;
  }
  return end === undefined
    ? externalDiagnostic.brokenProtocol(builder, 'it ended without an event finished or failed')
    : undefined;
}

function crash(builder: string) {
  return {
    code: 'SK4024',
    what: `the builder ${builder}`,
    hint: 'look in the log of the stage; a builder that cannot go on tells an event failed and why',
  } as const;
}
