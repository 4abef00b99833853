import type { Diagnostic, DiagnosticCode } from '../../model/diagnostic.ts';

/** A defect that verification found, with the file of the repository that it is in. */
export function finding(code: DiagnosticCode, file: string, message: string, hint = restoreHint): Diagnostic {
  return { code, severity: 'error', message, hint, place: { file }, failure: 'stalled' };
}

const restoreHint =
  'restore catalog/ and trust/ from the last commit that `sandkiln verify` accepts, and find out who pushed since';

/** How messages name a commit: enough digits to find it. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 12);
}
