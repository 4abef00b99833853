import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExecuteOptions } from '../../../src/engine/execute/execute.ts';
import { backOffMs, retryAfterMs } from '../../../src/engine/execute/retry.ts';
import type { Action } from '../../../src/model/action.ts';
import type { Diagnostic } from '../../../src/model/diagnostic.ts';
import { failure, success } from '../../../src/model/result.ts';
import { createExecutionRig, idOf, type Run, testAction } from '../../rig/execution.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const problem = (more: Partial<Diagnostic>): Diagnostic => ({
  code: 'SK4001',
  severity: 'error',
  message: 'the mirror is away',
  hint: '',
  ...more,
});
const passing = problem({ failure: 'transient' });
const policy = { tries: 3, random: () => 0 };

/** Without scratch space and cache, so that nothing but the timer decides when it goes on. */
const action = (name: string, more: Partial<Action> = {}): Action =>
  testAction(name, [], { effect: 'wait', uses: { cpu: 1, disk: 0 }, ...more });

/** Lets everything that can go on without the timer go on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

test('the spans double from one second to a minute, and the delay is in their upper half', () => {
  expect([1, 2, 3, 6, 7, 20].map((tries) => backOffMs(tries, 0))).toEqual([
    500, 1000, 2000, 16_000, 30_000, 30_000,
  ]);
  expect([1, 2, 7].map((tries) => backOffMs(tries, 1))).toEqual([1000, 2000, 60_000]);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (tries, random) => {
        const spanMs = Math.min(1000 * 2 ** (tries - 1), 60_000);
        const delayMs = backOffMs(tries, random);
        expect(delayMs >= spanMs / 2 && delayMs <= spanMs).toBe(true);
      },
    ),
  );
});

test.each<[string, readonly Diagnostic[], number, number | undefined]>([
  ['a failure that may pass', [passing], 1, 500],
  ['the last try', [passing], 3, undefined],
  ['one that no other try changes', [problem({ failure: 'stalled' })], 1, undefined],
  ['one without a class', [problem({})], 1, undefined],
  ['a time-out', [problem({ failure: 'timed-out' })], 1, undefined],
  ['one of two that may pass', [passing, problem({ failure: 'stalled' })], 1, undefined],
  ['one beside a warning', [passing, problem({ severity: 'warning' })], 1, 500],
  ['waiting for a time', [problem({ failure: 'waiting', until: '1970-01-01T00:01:00Z' })], 1, 59_000],
  [
    'waiting for a time that has passed',
    [problem({ failure: 'waiting', until: '1970-01-01T00:00:00Z' })],
    1,
    0,
  ],
  [
    'waiting for longer than a run does',
    [problem({ failure: 'waiting', until: '1970-01-01T01:00:00Z' })],
    1,
    undefined,
  ],
])('%s', (_, diagnostics, failedTries, expected) => {
  expect(retryAfterMs(diagnostics, failedTries, 1000, policy)).toBe(expected);
});

test('an action whose failure passes succeeds in the same run, with every try in its log and the journal', async () => {
  const rig = createExecutionRig(temporaryFolder());
  let tries = 0;
  const run: Run = async (_, context) => {
    tries += 1;
    context.log(`try ${tries}`);
    return tries < 3 ? failure(passing) : success({ blobs: {}, data: { tries } });
  };
  const execution = rig.execute([action('r/a')], run, { retry: policy });
  for (const delayMs of [500, 1000]) {
    await settled();
    rig.timer.advance(delayMs - 1);
    await settled();
    const before = tries;
    rig.timer.advance(1);
    await settled();
    expect(tries).toBe(before + 1);
  }
  const { results, outcome } = await execution;
  const result = results.get(idOf('r/a'));
  expect([outcome, result]).toMatchObject(['succeeded', { output: { data: { tries: 3 } } }]);
  expect(rig.journal.filter((entry) => entry.type === 'action-retried')).toMatchObject([
    { failedTries: 1, delayMs: 500 },
    { failedTries: 2, delayMs: 1000 },
  ]);
  const log = result?.status === 'succeeded' ? result.log : undefined;
  const text = Buffer.from(
    expectValue(await rig.cache.readSmall(log?.digest ?? expect.fail(), 10_000)),
  ).toString();
  expect(text.match(/^try \d$/gm)).toEqual(['try 1', 'try 2', 'try 3']);
  expect(text).toContain(
    'try 1 of SandboxImageSpec/r/work:a failed and is repeated in 0.5 s: the mirror is away',
  );
  expect(rig.events.filter((event) => event.type === 'action-started')).toHaveLength(1);
});

test('after the last try the failure stands', async () => {
  const rig = createExecutionRig(temporaryFolder());
  let tries = 0;
  const execution = rig.execute(
    [action('r/a')],
    async () => {
      tries += 1;
      return failure(passing);
    },
    { retry: { tries: 2, random: () => 0 } },
  );
  await settled();
  rig.timer.advance(500);
  expect((await execution).results.get(idOf('r/a'))).toMatchObject({
    status: 'failed',
    diagnostics: [passing],
  });
  expect(tries).toBe(2);
});

test('while an action waits for its next try, others use the host', async () => {
  const rig = createExecutionRig(temporaryFolder());
  const seen: string[] = [];
  const run: Run = async ({ resource }) => {
    seen.push(resource.name);
    return seen.length === 1 ? failure(passing) : success({ blobs: {}, data: {} });
  };
  const execution = rig.execute([action('a/x', { expectedMs: 9000 }), action('b/x')], run, {
    retry: policy,
    limits: { cpu: 1 },
  });
  await settled();
  expect(seen).toEqual(['a', 'b']);
  rig.timer.advance(500);
  expect((await execution).outcome).toBe('succeeded');
});

test.each([
  ['a cancellation', 'cancelled'],
  ['the first failure with fail-fast', 'failed'],
])('%s ends the wait for a next try', async (how, status) => {
  const rig = createExecutionRig(temporaryFolder());
  const fail = Promise.withResolvers<void>();
  const run: Run = async ({ resource }) => {
    if (resource.name === 'a') {
      return failure(passing);
    }
    await fail.promise;
    return failure(problem({ failure: 'stalled' }));
  };
  const actions = [action('a/x'), ...(status === 'failed' ? [action('b/x')] : [])];
  const execution = rig.execute(actions, run, { retry: policy, failFast: true });
  await settled();
  if (how === 'a cancellation') {
    rig.controller.abort();
  } else {
    fail.resolve();
  }
  expect((await execution).results.get(idOf('a/x'))?.status).toBe(status);
});

test('a withdrawal ends the wait for a next try, and what runs is told to stop', async () => {
  const rig = createExecutionRig(temporaryFolder());
  const by = 'f'.repeat(40);
  const told: Parameters<NonNullable<ExecuteOptions['watch']>>[0][] = [];
  const reasons: unknown[] = [];
  const run: Run = ({ id }, { signal }) =>
    id === idOf('a/x')
      ? Promise.resolve(failure(passing))
      : new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason);
            resolve(failure(problem({ failure: 'cancelled' })));
          });
        });
  const execution = rig.execute([action('a/x'), action('a/y'), action('b/x', {}), action('c/x')], run, {
    retry: policy,
    limits: { cpu: 2 },
    watch: (withdraw) => {
      told.push(withdraw);
      return { [Symbol.asyncDispose]: async () => {} };
    },
  });
  await settled();
  const kind = 'SandboxImageSpec';
  told[0]?.([{ kind, name: 'a' }], by);
  told[0]?.(
    [
      { kind, name: 'b' },
      { kind, name: 'c' },
    ],
    by,
  );
  const { results, outcome } = await execution;
  expect([...results.values()]).toEqual(Array.from({ length: 4 }, () => ({ status: 'superseded', by })));
  expect(outcome).toBe('succeeded');
  expect(reasons).toEqual(['withdrawn', 'withdrawn']);
});
