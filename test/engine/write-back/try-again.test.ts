import { expect, test } from 'vitest';
import { type TryAgainOptions, tryAgain } from '../../../src/engine/write-back/try-again.ts';
import type { Diagnostic } from '../../../src/model/diagnostic.ts';
import { failure, type Result, success } from '../../../src/model/result.ts';
import { expectCodes, expectDiagnostic, expectValue } from '../../rig/expect-result.ts';

/** Gives the answers in turn, the last one for ever, in a time that passes by waiting alone. */
function answering(answers: readonly Result<string>[], deadlineMs = 60_000) {
  let nowMs = 0;
  let asked = 0;
  const delaysMs: number[] = [];
  const told: Diagnostic[] = [];
  const options: TryAgainOptions = {
    stopwatch: { readMs: () => nowMs },
    timer: {
      after(delayMs, call) {
        delaysMs.push(delayMs);
        nowMs += delayMs;
        const handle = setImmediate(call);
        return { cancel: () => clearImmediate(handle) };
      },
    },
    random: () => 0,
    deadlineMs,
    report: (diagnostic) => told.push(diagnostic),
  };
  const attempt = async (): Promise<Result<string>> => {
    asked += 1;
    return answers[Math.min(asked, answers.length) - 1] ?? success('');
  };
  return { attempt, options, delaysMs, told, asked: () => asked };
}

function failed(kind: NonNullable<Diagnostic['failure']>, code: Diagnostic['code']): Result<never> {
  return failure({ code, severity: 'error', message: `it is ${kind}`, hint: 'see to it', failure: kind });
}

test('what answers is asked once, and nothing is told', async () => {
  const { attempt, options, delaysMs, told } = answering([success('there')]);
  expect(expectValue(await tryAgain(attempt, options))).toBe('there');
  expect([...delaysMs, ...told]).toEqual([]);
});

test('failures that may pass are waited for longer and longer, and told of once', async () => {
  const { attempt, options, delaysMs, told } = answering([
    failed('transient', 'SK2103'),
    failed('timed-out', 'SK2104'),
    failed('transient', 'SK2103'),
    success('there'),
  ]);
  expect(expectValue(await tryAgain(attempt, options))).toBe('there');
  expect(delaysMs).toEqual([50, 100, 200]);
  expect(told).toEqual([
    expect.objectContaining({ code: 'SK2103', severity: 'note', message: 'it is transient' }),
  ]);
});

test.each(['stalled', 'cancelled'] as const)('what is %s is not asked again', async (kind) => {
  const { attempt, options, asked } = answering([failed(kind, 'SK2108')]);
  expect(expectCodes(await tryAgain(attempt, options))).toEqual(['SK2108']);
  expect(asked()).toBe(1);
});

test('the last failure is given when time is up', async () => {
  const { attempt, options, delaysMs } = answering([failed('transient', 'SK2103')], 400);
  expect(expectCodes(await tryAgain(attempt, options))).toEqual(['SK2103']);
  expect(delaysMs).toEqual([50, 100, 200]);
});

test('cancelled while it waits, it ends at once', async () => {
  const stop = new AbortController();
  const { attempt, options, asked } = answering([failed('transient', 'SK2103')]);
  const cancelled = await tryAgain(attempt, {
    ...options,
    signal: stop.signal,
    timer: {
      after() {
        stop.abort();
        return { cancel: () => undefined };
      },
    },
  });
  expect(expectDiagnostic(cancelled)).toMatchObject({ code: 'SK2204', failure: 'cancelled' });
  expect(asked()).toBe(1);
});
