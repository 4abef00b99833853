import type { Diagnostic } from '../../model/diagnostic.ts';
import { printable } from './printable.ts';

const commands = { error: 'error', warning: 'warning', note: 'notice' } as const;

/** Findings as workflow commands of GitHub Actions (`::error file=…`), which show them beside the lines of a pull request. */
export function githubAnnotations(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map((diagnostic) => `${annotation(diagnostic)}\n`).join('');
}

function annotation({ severity, code, message, hint, place }: Diagnostic): string {
  const properties: readonly (readonly [string, string | number | undefined])[] = [
    ['file', place?.file],
    ['line', place?.start?.line],
    ['col', place?.start?.column],
    ['endLine', place?.end?.line],
    ['endColumn', place?.end?.column],
    ['title', code],
  ];
  const written = properties
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escapeProperty(printable(String(value)))}`);
  return `::${commands[severity]} ${written.join(',')}::${escapeData(printable(message))}%0A${escapeData(printable(hint))}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
