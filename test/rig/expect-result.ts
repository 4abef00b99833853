import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { Result } from '../../src/model/result.ts';

/** The value of a result that must be there. */
export function expectValue<Value>(result: Result<Value>): Value {
  if (!result.ok) {
    throw new Error(result.diagnostics.map((each) => `${each.code} ${each.message}`).join('\n'));
  }
  return result.value;
}

/** The codes of a result that must have failed. */
export function expectCodes(result: Result<unknown>): readonly string[] {
  if (result.ok) {
    throw new Error('the result is a success');
  }
  return result.diagnostics.map((each) => each.code);
}

/** The first diagnostic of a result that must have failed. */
export function expectDiagnostic(result: Result<unknown>): Diagnostic {
  const first = result.ok ? undefined : result.diagnostics[0];
  if (first === undefined) {
    throw new Error('the result is a success');
  }
  return first;
}
