import type { Diagnostic, DiagnosticCode } from '../../../model/diagnostic.ts';
import { type Failure, failure } from '../../../model/result.ts';

/** A failure of a machine or of somebody who talks to it; it comes again with the same image unless said otherwise. */
export function runtimeProblem(
  code: DiagnosticCode,
  message: string,
  hint: string,
  kind: Diagnostic['failure'] = 'stalled',
): Failure {
  return failure({ code, severity: 'error', message, hint, failure: kind });
}
