import type { Diagnostic } from '../../model/diagnostic.ts';
import { placeText } from './diagnostics.ts';
import { logLine } from './log-line.ts';
import { printable } from './printable.ts';

/** Why an action failed, indented: its findings with their remedies, then the last lines of its log. */
export function failureText(diagnostics: readonly Diagnostic[], logTail: readonly string[]): string {
  return [...diagnostics.flatMap(findingLines), ...logTail.map((line) => `    | ${logLine(line)}`.trimEnd())]
    .map((line) => `${line}\n`)
    .join('');
}

function findingLines({ severity, code, message, hint, place }: Diagnostic): readonly string[] {
  const where = place === undefined ? '' : `${placeText(place)}: `;
  return [`    ${severity} ${code} ${where}${printable(message)}`, `      hint: ${printable(hint)}`];
}
