import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFileSystemActionCache } from '../../../src/adapters/action-cache/file-system-action-cache.ts';
import { explainKept, explainKeys, keyDifferences } from '../../../src/engine/execute/explain-key.ts';
import { buildGraph } from '../../../src/engine/graph/build-graph.ts';
import type { Stage } from '../../../src/engine/stage.ts';
import type { Action } from '../../../src/model/action.ts';
import { success } from '../../../src/model/result.ts';
import { createExecutionRig, idOf, testAction } from '../../rig/execution.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const stage: Stage = {
  name: 'work',
  version: 1,
  effect: 'pure',
  fingerprint: async () => success({ tools: { tool: '1.0' }, environment: {} }),
  run: async (action) => success({ blobs: {}, data: { of: action.input } }),
};

function rig() {
  const folder = temporaryFolder();
  const execution = createExecutionRig(folder);
  const actionCache = createFileSystemActionCache({
    folder: join(folder, 'actions'),
    cache: execution.cache,
  });
  const host = {
    stages: new Map([['work', stage]]),
    actionCache,
    platform: 'linux/x64',
    salt: '',
    domain: 'trusted',
  };
  return {
    actionCache,
    run: (actions: readonly Action[]) => execution.execute(actions, stage.run),
    explain: async (actions: readonly Action[], more: Partial<typeof host> = {}) =>
      (await explainKeys(expectValue(buildGraph(actions)), { ...host, ...more })).actions,
  };
}

const chain = (part: string) => [
  testAction('r/a', [], { input: { part, packages: ['x', 'y'] } }),
  testAction('r/b', ['r/a']),
  testAction('r/c', ['r/b'], { effect: 'effect' }),
];

test('says that everything would run where nothing was kept', async () => {
  const explained = await rig().explain(chain('1'));
  expect(explained.map(({ verdict, waitsFor }) => [verdict, waitsFor])).toEqual([
    ['runs', []],
    ['runs', [idOf('r/a')]],
    ['always', [idOf('r/b')]],
  ]);
  expect(explained[0]).not.toHaveProperty('differences');
});

test('says what the cache has, under the same keys as a run', async () => {
  const { run, explain } = rig();
  const { results } = await run(chain('1'));
  const explained = await explain(chain('1'));
  expect(explained.map(({ verdict }) => verdict)).toEqual(['cached', 'cached', 'always']);
  const result = results.get(idOf('r/b'));
  expect(explained[1]?.key).toBe(result?.status === 'succeeded' ? result.key : undefined);
});

test('names what differs from the last run, and what hangs on that', async () => {
  const { run, explain } = rig();
  await run(chain('1'));
  const [first, second] = await explain(chain('2'));
  expect(first).toMatchObject({
    verdict: 'runs',
    differences: [{ pointer: '/input/part', before: '1', now: '2' }],
  });
  expect(second).toMatchObject({ verdict: 'depends', waitsFor: [idOf('r/a')], differences: [] });
});

test('finds no row of another trust domain', async () => {
  const { run, explain } = rig();
  await run(chain('1'));
  const [first] = await explain(chain('1'), { domain: 'untrusted' });
  expect(first).toMatchObject({
    verdict: 'runs',
    differences: [{ pointer: '/domain', before: 'trusted', now: 'untrusted' }],
  });
});

test('says why an action ran when it ran last', async () => {
  const { run, actionCache } = rig();
  await run(chain('1'));
  await run(chain('2'));
  expect(await explainKept([idOf('r/a'), idOf('r/c')], actionCache)).toMatchObject([
    { action: idOf('r/a'), differences: [{ pointer: '/input/part', before: '1', now: '2' }] },
  ]);
});

test('compares lists by place and tells what is only on one side', () => {
  const differences = keyDifferences(
    { list: ['a', 'b'], same: { x: 1 }, gone: true },
    { list: ['a', 'c', 'd'], same: { x: 1 }, 'a/b': null },
    [],
  );
  expect(differences).toEqual([
    { pointer: '/list/1', before: 'b', now: 'c' },
    { pointer: '/list/2', before: null, now: 'd' },
    { pointer: '/gone', before: true, now: null },
  ]);
});
