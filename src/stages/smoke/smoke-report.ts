import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SmokeTestResult } from '../../model/record.ts';
import type { SmokeTier } from './smoke-test.ts';

/** What the probes of one tier found. */
export interface SmokeReport {
  readonly results: readonly SmokeTestResult[];
  /** What the guest printed; nothing where none ran. */
  readonly console?: Uint8Array;
  readonly acceleration?: string;
  /** Which sign of life of the init came. */
  readonly init?: string;
  /** A time limit decided, so that another try may pass. */
  readonly timedOut?: boolean;
}

/** A result from the reason why the test failed, or none where it passed. */
export function testResult(name: string, tier: SmokeTier, detail: string | undefined): SmokeTestResult {
  return detail === undefined
    ? { name, tier, outcome: 'passed' }
    : { name, tier, outcome: 'failed', detail: detail.slice(0, 4000) };
}

export function notRun(name: string, tier: SmokeTier, detail: string): SmokeTestResult {
  return { name, tier, outcome: 'not-run', detail };
}

/** The reasons of a failure in one line. */
export function reasonOf(result: { readonly diagnostics: readonly Diagnostic[] }): string {
  return result.diagnostics.map(({ message }) => message).join('; ');
}
