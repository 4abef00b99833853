import type { Diagnostic, DiagnosticCode } from '../model/diagnostic.ts';

/** An error about a tree that would come again with the same bytes. */
export function treeProblem(code: DiagnosticCode, message: string, hint: string): Diagnostic {
  return { code, severity: 'error', message, hint, failure: 'stalled' };
}

/** A name from a tar as messages show it: quoted, control characters escaped, at most 120 characters. */
export function shownPath(path: string): string {
  return JSON.stringify(path.length > 120 ? `${path.slice(0, 119)}…` : path);
}
