import type { Diagnostic } from '../../model/diagnostic.ts';

/** What was in the way last: a failure that did not pass is itself, a race gets its own name. */
export function gaveUp(
  options: { readonly branch: string },
  attempts: number,
  reason: string | Diagnostic,
): Diagnostic {
  if (typeof reason !== 'string') {
    return reason;
  }
  return {
    code: 'SK2201',
    severity: 'error',
    message: `branch ${options.branch} was moved by others during each of ${attempts} attempts: ${reason}`,
    hint: 'run it again; nothing is lost, finished builds are found in the cache',
    failure: 'transient',
  };
}

/** The run was cancelled while it waited for its turn (SK2204). */
export function cancelled(options: { readonly branch: string }): Diagnostic {
  return {
    code: 'SK2204',
    severity: 'error',
    message: `writing to branch ${options.branch} was cancelled before it was moved`,
    hint: 'run it again',
    failure: 'cancelled',
  };
}
