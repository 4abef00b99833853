import type { GuestCommandResult } from '../../adapters/runtime/runtime.ts';
import type { CommandExpectation } from './smoke-test.ts';

const shownCharacters = 400;

/** Why a command's result is not what was expected; nothing where it is. */
export function unmetExpectation(
  expected: CommandExpectation | undefined,
  result: GuestCommandResult,
): string | undefined {
  const exitCode = expected?.exitCode ?? 0;
  if (result.exitCode !== exitCode) {
    return `exit code ${result.exitCode} instead of ${exitCode}${shown('stderr', result.stderr)}${shown('stdout', result.stdout)}`;
  }
  if (expected?.stdout !== undefined && result.stdout !== expected.stdout) {
    return `stdout is ${quoted(result.stdout)} instead of ${quoted(expected.stdout)}`;
  }
  if (expected?.stdoutContains !== undefined && !result.stdout.includes(expected.stdoutContains)) {
    return `stdout does not contain ${quoted(expected.stdoutContains)}: ${quoted(result.stdout)}`;
  }
  return undefined;
}

function shown(name: string, text: string): string {
  return text === '' ? '' : `, ${name} ${quoted(text)}`;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text);
}
