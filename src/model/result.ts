import type { Diagnostic } from './diagnostic.ts';

/** A value, or the diagnostics that say why there is none. Exceptions are for bugs. */
export type Result<Value> = Success<Value> | Failure;

export interface Success<Value> {
  readonly ok: true;
  readonly value: Value;
}

export interface Failure {
  readonly ok: false;
  /** Never empty. */
  readonly diagnostics: readonly Diagnostic[];
}

export function success<Value>(value: Value): Success<Value> {
  return { ok: true, value };
}

export function failure(...diagnostics: readonly Diagnostic[]): Failure {
  if (diagnostics.length === 0) {
    throw new TypeError('a failure needs a diagnostic');
  }
  return { ok: false, diagnostics };
}
