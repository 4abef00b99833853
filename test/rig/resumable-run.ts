import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFileSystemActionCache } from '../../src/adapters/action-cache/file-system-action-cache.ts';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import { createSystemTimer } from '../../src/adapters/clock/system-timer.ts';
import { createFileSystemJournal } from '../../src/adapters/journal/file-system-journal.ts';
import type { RunJournal } from '../../src/adapters/journal/journal.ts';
import { createProcessRunner } from '../../src/adapters/process/child-processes.ts';
import { createMemoryScratch } from '../../src/adapters/scratch/memory-scratch.ts';
import { createFileSystemStore } from '../../src/adapters/store/file-system-store.ts';
import { type Execution, execute } from '../../src/engine/execute/execute.ts';
import { buildGraph } from '../../src/engine/graph/build-graph.ts';
import type { Stage } from '../../src/engine/stage.ts';
import { success } from '../../src/model/result.ts';
import { testAction } from './execution.ts';
import { expectValue } from './expect-result.ts';

/** Every action of {@link resumableRun}, in an order in which they may run. */
const actions = [
  testAction('a/fetch', [], { effect: 'effect' }),
  testAction('a/build', ['a/fetch']),
  testAction('a/publish', ['a/build'], { effect: 'effect' }),
  testAction('b/build', ['a/build']),
  testAction('b/publish', ['b/build', 'a/publish'], { effect: 'effect' }),
];

/**
 * Carries out a small run with everything real below `folder`: effects put a file into `outside`, pure actions work in
 * scratch space and make a blob of what they need; each start is a line of `ran`.
 */
export async function resumableRun(
  folder: string,
  run: string,
  wrap: (journal: RunJournal) => RunJournal,
): Promise<Execution> {
  mkdirSync(join(folder, 'outside'), { recursive: true });
  const cache = createFileSystemStore({ folder: join(folder, 'cache'), durable: false });
  const journal = expectValue(await createFileSystemJournal(join(folder, 'journal')).open(run));
  const stage: Stage = {
    name: 'work',
    version: 1,
    effect: 'pure',
    fingerprint: async () => success({ tools: {}, environment: {} }),
    run: async (action, context) => {
      appendFileSync(join(folder, 'ran'), `${run} ${action.id}\n`);
      const content = `${action.id} of ${JSON.stringify([...context.needs.values()])}`;
      const path = join(context.scratch.path, 'work');
      writeFileSync(path, content);
      if (action.effect === 'effect') {
        renameSync(path, join(folder, 'outside', action.id.replaceAll('/', '-')));
        return success({ blobs: {}, data: { done: action.id } });
      }
      const blob = await context.cache.putFile(path);
      return blob.ok ? success({ blobs: { file: blob.value }, data: {} }) : blob;
    },
  };
  const execution = await execute(expectValue(buildGraph(actions)), {
    run,
    stages: new Map([['work', stage]]),
    limits: { cpu: 1 },
    failFast: false,
    clock: createSystemClock(),
    timer: createSystemTimer(),
    scratch: createMemoryScratch({
      processes: createProcessRunner(),
      report: () => {},
      memoryFolder: join(folder, 'none'),
      diskFolder: join(folder, 'scratch'),
    }),
    cache,
    actionCache: createFileSystemActionCache({ folder: join(folder, 'actions'), cache }),
    journal: wrap(journal),
    redact: (line) => line,
    emit: () => {},
    signal: new AbortController().signal,
    platform: 'linux/x64',
    salt: '',
    domain: 'trusted',
  });
  await journal.close();
  return execution;
}
