import { type Failure, failure } from '../../model/result.ts';
import type { ProcessResult } from '../process/process.ts';
import { classifyPushRefusal } from './push-refusal.ts';

/** Why a fetch failed; one that met another git process may be tried again (SK2103). */
export function fetchFailure(
  fetched: ProcessResult,
  conversation: { readonly remote: string; readonly branch: string },
): Failure {
  const refusal = classifyPushRefusal(fetched, { doing: 'fetching from', ...conversation });
  return refusal.status === 'raced'
    ? failure({
        code: 'SK2103',
        severity: 'error',
        message: `fetching from ${conversation.remote} met another git process: ${refusal.detail}`,
        hint: 'try again when the other process has ended',
        failure: 'transient',
      })
    : failure(refusal.diagnostic);
}
