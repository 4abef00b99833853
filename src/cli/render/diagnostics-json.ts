import type { Diagnostic } from '../../model/diagnostic.ts';

/** Findings for programs, on one line, for they may stand among the JSON lines of a run. `formatVersion` is raised when a field changes its meaning or goes away. */
export function diagnosticsJson(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Diagnostic['severity']) =>
    diagnostics.filter((other) => other.severity === severity).length;
  const summary = { errors: count('error'), warnings: count('warning'), notes: count('note') };
  return `${JSON.stringify({ formatVersion: 1, summary, diagnostics })}\n`;
}
