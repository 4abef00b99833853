import type { Diagnostic } from '../../model/diagnostic.ts';

/** Takes secrets out of a line before it is shown, hashed or stored. */
export type RedactLine = (line: string) => string;

/** The same diagnostic with its texts redacted; they may quote what a tool wrote. */
export function redactDiagnostic(diagnostic: Diagnostic, redact: RedactLine): Diagnostic {
  const redactText = (text: string): string => text.split('\n').map(redact).join('\n');
  return { ...diagnostic, message: redactText(diagnostic.message), hint: redactText(diagnostic.hint) };
}
