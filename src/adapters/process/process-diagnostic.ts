import type { Diagnostic, DiagnosticCode } from '../../model/diagnostic.ts';
import type { Command, ProcessResult } from './process.ts';

const shownStderrLines = 5;
const shownStderrCharacters = 1000;

export interface ProcessFailureText {
  readonly code: DiagnosticCode;
  /** What was being done: `packing the squashfs of debian-12-lab`. */
  readonly what: string;
  /** What to do where the program itself failed. */
  readonly hint: string;
}

/**
 * The diagnostic of a process that did not exit with 0: how it ended and the last lines that it wrote to stderr. A
 * program that is not installed (SK3101), a time-out (SK3102), a cancellation (SK3103) and too much output (SK3104)
 * have codes and remedies of their own; everything else gets the caller's.
 */
export function processFailure(
  command: Command,
  result: ProcessResult,
  text: ProcessFailureText,
): Diagnostic {
  const program = command.file;
  const failed = (message: string): string => `${text.what}: ${message}${stderrTail(result.stderr)}`;
  switch (result.ended) {
    case 'not-started':
      return {
        code: 'SK3101',
        severity: 'error',
        message: `${text.what}: ${program} did not start (${result.startError ?? 'unknown reason'})`,
        hint:
          result.startError === 'ENOENT'
            ? `install ${program}, or look with \`sandkiln doctor\` what is missing`
            : `look whether ${program} may be executed and whether the working folder is there`,
        failure: 'transient',
      };
    case 'timed-out':
      return {
        code: 'SK3102',
        severity: 'error',
        message: failed(`${program} did not end in time and was stopped`),
        hint: 'raise the time limit in the profile, or look in the log what it was waiting for',
        failure: 'timed-out',
      };
    case 'cancelled':
      return {
        code: 'SK3103',
        severity: 'error',
        message: `${text.what}: ${program} was stopped because the run was cancelled`,
        hint: 'start the run again; finished actions are not repeated',
        failure: 'cancelled',
      };
    case 'output-limit':
      return {
        code: 'SK3104',
        severity: 'error',
        message: failed(`${program} wrote more output than is allowed and was stopped`),
        hint: 'look in the log what it repeats',
        failure: 'stalled',
      };
    case 'signalled':
      return {
        code: text.code,
        severity: 'error',
        message: failed(`${program} was ended by ${result.signalName ?? 'a signal'}`),
        hint:
          result.signalName === 'SIGKILL'
            ? `${text.hint}; a SIGKILL often means that memory ran out`
            : text.hint,
        failure: result.signalName === 'SIGKILL' ? 'transient' : 'stalled',
      };
    case 'exited':
      return {
        code: text.code,
        severity: 'error',
        message: failed(`${program} ended with exit code ${result.exitCode ?? 'unknown'}`),
        hint: text.hint,
        failure: 'stalled',
      };
  }
}

/** Whether the process did what it was asked. */
export function processSucceeded(result: ProcessResult): boolean {
  return result.ended === 'exited' && result.exitCode === 0;
}

function stderrTail(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const tail = lines.slice(-shownStderrLines).join(' | ').slice(-shownStderrCharacters);
  return tail === '' ? '' : `: ${tail}`;
}
