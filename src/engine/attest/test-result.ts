import type { Digest } from '../../model/digest.ts';
import type { SmokeTestResult } from '../../model/record.ts';
import { named, type ResourceDescriptor, type Statement, type Subject, statement } from './statement.ts';

export const testResultType = 'https://in-toto.io/attestation/test-result/v0.1';

/** in-toto test result v0.1 (in-toto/attestation, spec/predicates/test-result.md). */
export interface TestResult {
  readonly result: 'PASSED' | 'WARNED' | 'FAILED';
  readonly configuration: readonly ResourceDescriptor[];
  readonly passedTests: readonly string[];
  /** Tests that were not run, each with its reason behind a colon. */
  readonly warnedTests: readonly string[];
  readonly failedTests: readonly string[];
}

/** What the smoke tests showed of an image's files. A test that was not run makes the result a warning. */
export function testResultStatement(input: {
  readonly subjects: readonly Subject[];
  /** Digest of the resolved spec that holds the tests. */
  readonly spec: Digest;
  readonly smokeTests: readonly SmokeTestResult[];
}): Statement<TestResult> {
  return statement(testResultType, input.subjects, {
    ...outcomeOf(input.smokeTests),
    configuration: [named('resolved-spec', input.spec)],
  });
}

/** The part of the predicate that follows from the recorded results; verification compares it again. */
export function outcomeOf(tests: readonly SmokeTestResult[]): Omit<TestResult, 'configuration'> {
  const failedTests = tests.filter((test) => test.outcome === 'failed').map(label);
  const notRun = tests.filter((test) => test.outcome === 'not-run');
  return {
    result: failedTests.length > 0 ? 'FAILED' : notRun.length > 0 ? 'WARNED' : 'PASSED',
    passedTests: tests.filter((test) => test.outcome === 'passed').map(label),
    warnedTests: notRun.map((test) => `${label(test)}: ${test.detail ?? 'not run'}`),
    failedTests,
  };
}

function label(test: SmokeTestResult): string {
  return `tier ${test.tier}: ${test.name}`;
}
