import type { Action } from '../../model/action.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';

/** A bug of a stage; the stack is in the action's log. */
export function stageCrashed(action: Action, error: unknown): Diagnostic {
  return {
    code: 'SK3010',
    severity: 'error',
    message: `${action.id} met a bug: ${error instanceof Error ? error.message : String(error)}`,
    hint: `please report it with the stack trace from \`sandkiln logs ${action.resource.name}\``,
    failure: 'stalled',
  };
}

export function actionTimedOut(action: Action): Diagnostic {
  return {
    code: 'SK3011',
    severity: 'error',
    message: `${action.id} took longer than ${Math.round(action.timeoutMs / 1000)} s and was stopped`,
    hint: 'raise limits.stopAfter in the build profile, or look in the log what it was waiting for',
    failure: 'timed-out',
  };
}

export function actionAbandoned(action: Action): Diagnostic {
  return {
    code: 'SK3012',
    severity: 'error',
    message: `${action.id} was told to stop and did not; the run went on without it`,
    hint: 'look for processes that it left behind, then run again',
    failure: 'transient',
  };
}

/** Told while the run goes on; the last try alone decides how the action ends. */
export function actionTriedAgain(
  action: Action,
  diagnostics: readonly Diagnostic[],
  failedTries: number,
  delayMs: number,
): Diagnostic {
  return {
    code: 'SK3013',
    severity: 'warning',
    message: `try ${failedTries} of ${action.id} failed and is repeated in ${(delayMs / 1000).toFixed(1)} s: ${diagnostics[0]?.message ?? 'no reason was given'}`,
    hint: 'nothing has to be done while a later try succeeds; --tries bounds their number',
  };
}
