import type { Diagnostic } from '../model/diagnostic.ts';

/** What a command ends with: a contract that scripts rely on (docs/cli.md). */
export const exitCodes = {
  ok: 0,
  error: 1,
  changesPresent: 2,
  invalid: 3,
  lockHeld: 4,
  pushConflict: 5,
  verificationFailed: 6,
  drift: 7,
  cancelled: 8,
  timedOut: 9,
  partlyDone: 10,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Beyond SK1xxx and SK20xx: a repository that cannot be written to as it is, packages that no index has, a key that is missing. */
const invalidCodes: ReadonlySet<string> = new Set([
  'SK2111',
  'SK2202',
  'SK2210',
  'SK2211',
  'SK2213',
  'SK2214',
  'SK2217',
  'SK2223',
  'SK4001',
  'SK4002',
  'SK4003',
  'SK4004',
  'SK8001',
  'SK8002',
  'SK8003',
  'SK9030',
]);

/** Another run, or another applier, is at work. */
const lockCodes: ReadonlySet<string> = new Set(['SK2220', 'SK3040', 'SK7305']);

/** Beyond SK8xxx: safeguards, decisions that do not count, heads that may not be applied, exports that must be exact. */
const policyCodes: ReadonlySet<string> = new Set([
  'SK3201',
  'SK3401',
  'SK3404',
  'SK3405',
  'SK3406',
  'SK7214',
  'SK7303',
  'SK7304',
]);

/** The exit code that the first error stands for: each code range belongs to one cause. */
export function exitCodeOf(diagnostics: readonly Diagnostic[]): ExitCode {
  const first = diagnostics.find((diagnostic) => diagnostic.severity === 'error');
  return first === undefined ? exitCodes.ok : exitCodeOfDiagnostic(first);
}

function exitCodeOfDiagnostic({ code, failure }: Diagnostic): ExitCode {
  const number = Number(code.slice(2));
  if (failure === 'cancelled') {
    return exitCodes.cancelled;
  }
  if (failure === 'timed-out') {
    return exitCodes.timedOut;
  }
  if (lockCodes.has(code)) {
    return exitCodes.lockHeld;
  }
  if (code === 'SK2201') {
    return exitCodes.pushConflict;
  }
  if ((number >= 1000 && number < 2100) || invalidCodes.has(code)) {
    return exitCodes.invalid;
  }
  if ((number >= 8000 && number < 9000) || policyCodes.has(code)) {
    return exitCodes.verificationFailed;
  }
  return exitCodes.error;
}
