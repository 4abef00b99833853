import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { StageContext } from '../../../src/engine/stage.ts';
import type { Action } from '../../../src/model/action.ts';
import { failure, success } from '../../../src/model/result.ts';
import { createExecutionRig, idOf, type Run, testAction } from '../../rig/execution.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const output = (text: string) => success({ blobs: {}, data: { text } });

/** A stage that runs until it is told to stop. */
function untilStopped(onStart: () => void): Run {
  return (_, context) =>
    new Promise((resolve) => {
      context.signal.addEventListener('abort', () =>
        resolve(
          failure({ code: 'SK3103', severity: 'error', message: 'stopped', hint: '', failure: 'cancelled' }),
        ),
      );
      onStart();
    });
}

test('hands on outputs, and runs nothing twice unless an input changes', async () => {
  const rig = createExecutionRig(temporaryFolder());
  const seen: string[] = [];
  const run: Run = async (action, context) => {
    seen.push(action.id);
    const blob = expectValue(await context.cache.put([Buffer.from(`blob of ${action.id}`)]));
    return success({ blobs: { file: blob }, data: { needs: context.needs.size } });
  };
  const actions = [testAction('r/a'), testAction('r/b', ['r/a'])];
  await rig.execute(actions, run);
  const second = await rig.execute(actions, run);
  expect(seen).toEqual([idOf('r/a'), idOf('r/b')]);
  expect(second.results.get(idOf('r/b'))).toMatchObject({ cached: true, output: { data: { needs: 1 } } });
  await rig.execute([testAction('r/a', [], { input: { part: 'other' } }), testAction('r/b', ['r/a'])], run);
  expect(seen).toEqual([idOf('r/a'), idOf('r/b'), idOf('r/a')]);
});

test('an output that stays the same spares what depends on it', async () => {
  const rig = createExecutionRig(temporaryFolder());
  const seen: string[] = [];
  const run: Run = async (action) => {
    seen.push(action.id);
    return output('same');
  };
  await rig.execute([testAction('r/a'), testAction('r/b', ['r/a'])], run);
  await rig.execute([testAction('r/a', [], { input: { changed: true } }), testAction('r/b', ['r/a'])], run);
  expect(seen).toEqual([idOf('r/a'), idOf('r/b'), idOf('r/a')]);
});

test('a cached output whose blob is gone is made again', async () => {
  const folder = temporaryFolder();
  const rig = createExecutionRig(folder);
  let runs = 0;
  const run: Run = async (_, context) => {
    runs += 1;
    return success({ blobs: { file: expectValue(await context.cache.put([Buffer.from('x')])) }, data: {} });
  };
  await rig.execute([testAction('r/a')], run);
  rmSync(join(folder, 'cache', 'sha256'), { recursive: true });
  await rig.execute([testAction('r/a')], run);
  expect(runs).toBe(2);
});

test('effects are not cached, and the journal is on the disk before each', async () => {
  const rig = createExecutionRig(temporaryFolder());
  let runs = 0;
  const run: Run = async () => {
    runs += 1;
    return output('');
  };
  const action = testAction('r/a', [], { effect: 'effect' });
  const { results } = await rig.execute([action], run);
  await rig.execute([action], run);
  expect(runs).toBe(2);
  expect(results.get(action.id)).not.toHaveProperty('key');
  expect(rig.journal.slice(0, 5).map((entry) => entry.type)).toEqual([
    'run-started',
    'effect-started',
    'synchronised',
    'action-finished',
    'run-finished',
  ]);
});

test('an effect that the journal cannot hold does not happen', async () => {
  const rig = createExecutionRig(temporaryFolder());
  const refused = failure({ code: 'SK3030', severity: 'error', message: 'no space', hint: '' });
  const { results } = await rig.execute(
    [testAction('r/a', [], { effect: 'effect' })],
    async () => expect.fail(),
    {
      journal: { append: () => {}, synchronise: async () => refused, close: async () => {} },
    },
  );
  expect(results.get(idOf('r/a'))).toMatchObject({ status: 'failed', diagnostics: [{ code: 'SK3030' }] });
});

test('keeps the log in the cache, without secrets, and tells each line', async () => {
  const rig = createExecutionRig(temporaryFolder());
  const run: Run = async (_, context) => {
    context.log('first');
    context.log('password hunter2');
    return output('');
  };
  const { results } = await rig.execute([testAction('r/a')], run);
  const result = results.get(idOf('r/a'));
  const log = result?.status === 'succeeded' ? result.log : undefined;
  const text = Buffer.from(expectValue(await rig.cache.readSmall(log?.digest ?? expect.fail(), 1000)));
  expect(text.toString()).toBe('first\npassword ***\n');
  expect(rig.events.flatMap((event) => (event.type === 'action-output' ? [event.line] : []))).toEqual([
    'first',
    'password ***',
  ]);
});

test('an exception fails the action alone, with its stack in the log', async () => {
  const rig = createExecutionRig(temporaryFolder());
  const run: Run = async (action) => {
    if (action.id === idOf('r/a')) {
      throw new TypeError('no such hunter2');
    }
    return output('');
  };
  const { results, outcome } = await rig.execute([testAction('r/a'), testAction('s/b')], run);
  const result = results.get(idOf('r/a'));
  expect(result).toMatchObject({ status: 'failed', diagnostics: [{ code: 'SK3010' }] });
  expect(JSON.stringify(result)).not.toContain('hunter2');
  const log = result?.status === 'failed' ? result.log : undefined;
  const text = Buffer.from(
    expectValue(await rig.cache.readSmall(log?.digest ?? expect.fail(), 10_000)),
  ).toString();
  expect(text).toContain('TypeError: no such ***');
  expect(text).toContain('execute.test.ts');
  expect(outcome).toBe('partial');
});

test('a fingerprint that cannot be made fails the action', async () => {
  const rig = createExecutionRig(temporaryFolder());
  const missing = failure({ code: 'SK3101', severity: 'error', message: 'no mkfs', hint: 'install it' });
  const { results } = await rig.execute([testAction('r/a')], async () => expect.fail(), {
    stages: new Map([
      [
        'work',
        {
          name: 'work',
          version: 1,
          effect: 'pure',
          fingerprint: async () => missing,
          run: async () => output(''),
        },
      ],
    ]),
  });
  expect(results.get(idOf('r/a'))).toMatchObject({ status: 'failed', diagnostics: [{ code: 'SK3101' }] });
});

test('warns when an action is slow and stops it at its time limit', async () => {
  const rig = createExecutionRig(temporaryFolder());
  const started = Promise.withResolvers<void>();
  const execution = rig.execute([testAction('r/a', [], { warnAfterMs: 500 })], untilStopped(started.resolve));
  await started.promise;
  rig.timer.advance(600);
  expect(rig.events.at(-1)).toMatchObject({ type: 'action-slow', warnAfterMs: 500 });
  rig.timer.advance(600);
  const { results } = await execution;
  expect(results.get(idOf('r/a'))).toMatchObject({
    status: 'failed',
    diagnostics: [{ code: 'SK3011', failure: 'timed-out' }],
  });
});

test('a stage that does not stop is left behind after a minute', async () => {
  const rig = createExecutionRig(temporaryFolder());
  const started = Promise.withResolvers<void>();
  const run: Run = () => {
    started.resolve();
    return new Promise(() => {});
  };
  const execution = rig.execute([testAction('r/a')], run);
  await started.promise;
  rig.timer.advance(1000);
  rig.timer.advance(60_000);
  const { results } = await execution;
  expect(results.get(idOf('r/a'))).toMatchObject({ diagnostics: [{ code: 'SK3011' }, { code: 'SK3012' }] });
});

test('cancelling stops what runs and starts nothing more', async () => {
  const rig = createExecutionRig(temporaryFolder());
  const started = Promise.withResolvers<void>();
  const execution = rig.execute(
    [testAction('r/a'), testAction('r/b', ['r/a']), testAction('s/c', [], { uses: { cpu: 2 } })],
    untilStopped(started.resolve),
  );
  await started.promise;
  rig.controller.abort();
  const { results, outcome } = await execution;
  expect([...results.values()].map((result) => result.status)).toEqual([
    'cancelled',
    'cancelled',
    'cancelled',
  ]);
  expect(outcome).toBe('cancelled');
});

test('starts the longest remaining path first', async () => {
  const rig = createExecutionRig(temporaryFolder());
  const seen: string[] = [];
  const run: Run = async (action) => {
    seen.push(action.id);
    return output(action.id);
  };
  await rig.execute(
    [
      testAction('r/short', [], { expectedMs: 10 }),
      testAction('r/first', [], { expectedMs: 5 }),
      testAction('r/second', ['r/first'], { expectedMs: 50 }),
      testAction('r/middle', [], { expectedMs: 20 }),
    ],
    run,
    { limits: { cpu: 1 } },
  );
  expect(seen).toEqual(['r/first', 'r/second', 'r/middle', 'r/short'].map(idOf));
});

test('another resource gets what there is from one that is not needed', async () => {
  const rig = createExecutionRig(temporaryFolder());
  let context: StageContext | undefined;
  const run: Run = async (action: Action, given) => {
    if (action.id === idOf('child/a')) {
      context = given;
    }
    return action.id === idOf('parent/lock')
      ? success({ blobs: {}, data: {}, notNeeded: 'unchanged' })
      : output('');
  };
  const { results, outcome } = await rig.execute(
    [
      testAction('parent/lock'),
      testAction('parent/pack', ['parent/lock']),
      testAction('child/a', ['parent/lock', 'parent/pack']),
    ],
    run,
  );
  expect(results.get(idOf('parent/pack'))).toEqual({ status: 'not-needed', reason: 'unchanged' });
  expect([...(context?.needs.keys() ?? [])]).toEqual([idOf('parent/lock')]);
  expect(outcome).toBe('succeeded');
});

test('scratch is gone after each action', async () => {
  const folder = temporaryFolder();
  const rig = createExecutionRig(folder);
  let during = 0;
  await rig.execute([testAction('r/a')], async () => {
    during = readdirSync(join(folder, 'scratch')).length;
    return output('');
  });
  expect([during, readdirSync(join(folder, 'scratch')).length]).toEqual([1, 0]);
});

test('a stage that nobody knows is a bug that is found before anything starts', async () => {
  const rig = createExecutionRig(temporaryFolder());
  await expect(
    rig.execute([testAction('r/a', [], { stage: 'none' })], async () => output('')),
  ).rejects.toThrow('none');
  expect(rig.events).toEqual([]);
});

test('an action that declares no disk gets no scratch folder, and asking for it is a bug of the stage', async () => {
  const folder = temporaryFolder();
  const rig = createExecutionRig(folder);
  const uses = { disk: 0 };
  const { results } = await rig.execute(
    [testAction('r/a', [], { uses }), testAction('s/b', [], { uses })],
    async (action, context) => output(action.resource.name === 's' ? context.scratch.path : ''),
  );
  expect(results.get(idOf('r/a'))?.status).toBe('succeeded');
  expect(results.get(idOf('s/b'))).toMatchObject({ status: 'failed', diagnostics: [{ code: 'SK3010' }] });
  expect(readdirSync(folder)).not.toContain('scratch');
});

test('no effect starts before the journal is on the disk', async () => {
  const rig = createExecutionRig(temporaryFolder());
  const synchronised = Promise.withResolvers<void>();
  let started = 0;
  const execution = rig.execute(
    [testAction('r/a', [], { effect: 'effect' }), testAction('s/b', [], { effect: 'effect' })],
    async () => {
      started += 1;
      return output('');
    },
    {
      journal: {
        append: () => {},
        synchronise: async () => success(await synchronised.promise),
        close: async () => {},
      },
    },
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect(started).toBe(0);
  synchronised.resolve();
  await execution;
  expect(started).toBe(2);
});
