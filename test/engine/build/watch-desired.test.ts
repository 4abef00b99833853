import { expect, test } from 'vitest';
import type { CommitId } from '../../../src/adapters/git/git.ts';
import { type DesiredWatch, watchDesired } from '../../../src/engine/build/watch-desired.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import type { Plan } from '../../../src/model/plan.ts';
import { createTestTimer } from '../../rig/execution.ts';

const [first, second, third] = ['1', '2', '3'].map((digit) => digit.repeat(40) as CommitId);
const digests = { base: digestOfBytes('base'), web: digestOfBytes('web') };

const plan: Plan = {
  formatVersion: 1,
  desiredCommit: first ?? null,
  catalogCommit: null,
  changes: Object.entries(digests).map(([name, digest]) => ({
    resource: { kind: 'SandboxImageSpec', name },
    type: 'create',
    conditionalOn: null,
    from: null,
    to: '1.0.0',
    inputs: {},
    reasons: [],
    digest,
    stalled: null,
  })),
  unchanged: 0,
  digest: digestOfBytes('plan'),
};

/** A watch whose answers the test gives; it looks every second. */
function watching(answers: Partial<DesiredWatch>) {
  const timer = createTestTimer();
  const withdrawn: string[] = [];
  const planned: string[] = [];
  const watch = watchDesired(
    plan,
    {
      everyMs: 1000,
      newest: async () => second,
      wantedAt: async () => new Set([digests.base]),
      ...answers,
      ...(answers.wantedAt === undefined
        ? {}
        : {
            wantedAt: async (commit) => {
              planned.push(commit);
              return answers.wantedAt?.(commit);
            },
          }),
    },
    timer,
    (resources, by) => void withdrawn.push(`${resources.map(({ name }) => name).join()} by ${by}`),
  );
  return {
    watch,
    withdrawn,
    planned,
    look: async () => {
      timer.advance(1000);
      await new Promise(setImmediate);
    },
  };
}

test('what a newer commit does not ask for in this form is withdrawn, and the rest is not', async () => {
  const { watch, withdrawn, look } = watching({});
  expect(withdrawn).toEqual([]);
  await look();
  expect(withdrawn).toEqual([`web by ${second}`]);
  await watch[Symbol.asyncDispose]();
});

test('a commit is planned once, and the commit of the plan and an unknown one not at all', async () => {
  let newest: CommitId | undefined = first;
  const { watch, planned, look } = watching({
    newest: async () => newest,
    wantedAt: async () => new Set(Object.values(digests)),
  });
  await look();
  newest = undefined;
  await look();
  newest = second;
  await look();
  await look();
  newest = third;
  await look();
  expect(planned).toEqual([second, third]);
  await watch[Symbol.asyncDispose]();
});

test('a commit that cannot be planned withdraws nothing, and the next one is looked at', async () => {
  let newest = second;
  const { watch, withdrawn, look } = watching({
    newest: async () => newest,
    wantedAt: async (commit) => (commit === second ? undefined : new Set()),
  });
  await look();
  expect(withdrawn).toEqual([]);
  newest = third;
  await look();
  expect(withdrawn).toEqual([`base,web by ${third}`]);
  await watch[Symbol.asyncDispose]();
});

test('whoever disposes of it waits for the look that is at work, which is told to stop, and none follows', async () => {
  const asked = Promise.withResolvers<AbortSignal>();
  const answer = Promise.withResolvers<CommitId | undefined>();
  let looks = 0;
  const { watch, look } = watching({
    newest: (signal) => {
      looks += 1;
      asked.resolve(signal);
      return answer.promise;
    },
  });
  await look();
  let disposed = false;
  const end = watch[Symbol.asyncDispose]().then(() => {
    disposed = true;
  });
  expect((await asked.promise).aborted).toBe(true);
  expect(disposed).toBe(false);
  answer.resolve(undefined);
  await end;
  await look();
  expect(looks).toBe(1);
});

test('a bug in a look comes out where it is disposed of', async () => {
  const { watch, look } = watching({
    wantedAt: async () => {
      throw new TypeError('a bug');
    },
  });
  await look();
  await expect(watch[Symbol.asyncDispose]()).rejects.toThrow('a bug');
});
