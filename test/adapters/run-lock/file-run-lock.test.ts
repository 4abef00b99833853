import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import { createFileRunLock } from '../../../src/adapters/run-lock/file-run-lock.ts';
import type { RunLock } from '../../../src/adapters/run-lock/run-lock.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const clock = { now: () => new Date('2026-01-01T00:00:00Z') };

function lockIn(folder: string): RunLock {
  return createFileRunLock({
    path: join(folder, 'sandkiln', 'run.lock'),
    processes: createProcessRunner(),
    clock,
  });
}

test('one at a time, and the refusal names who has it', async () => {
  const folder = temporaryFolder();
  const first = expectValue(await lockIn(folder).acquire({ run: 'run-1', timeoutMs: 0 }));
  const refused = await lockIn(folder).acquire({ run: 'run-2', timeoutMs: 0 });
  expect(expectCodes(refused)).toEqual(['SK3040']);
  expect(refused.ok ? '' : refused.diagnostics[0]?.message).toContain(`run run-1 (process ${process.pid}`);
  await first[Symbol.asyncDispose]();
  await expectValue(await lockIn(folder).acquire({ run: 'run-2', timeoutMs: 0 }))[Symbol.asyncDispose]();
});

test('waits for the lock as long as it is told', async () => {
  const folder = temporaryFolder();
  const first = expectValue(await lockIn(folder).acquire({ run: 'run-1', timeoutMs: 0 }));
  const second = lockIn(folder).acquire({ run: 'run-2', timeoutMs: 60_000 });
  await first[Symbol.asyncDispose]();
  await expectValue(await second)[Symbol.asyncDispose]();
  const third = expectValue(await lockIn(folder).acquire({ run: 'run-3', timeoutMs: 0 }));
  expect(expectCodes(await lockIn(folder).acquire({ run: 'run-4', timeoutMs: 50 }))).toEqual(['SK3040']);
  await third[Symbol.asyncDispose]();
});

test('a process that is killed gives its lock back', async () => {
  const folder = temporaryFolder();
  const source = join(import.meta.dirname, '../../../src/adapters');
  const program = `
    import { createProcessRunner } from '${source}/process/child-processes.ts';
    import { createFileRunLock } from '${source}/run-lock/file-run-lock.ts';
    const path = ${JSON.stringify(join(folder, 'sandkiln', 'run.lock'))};
    const lock = createFileRunLock({ path, processes: createProcessRunner(), clock: { now: () => new Date() } });
    console.log((await lock.acquire({ run: 'killed', timeoutMs: 0 })).ok);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [answer] = await once(child.stdout, 'data');
  expect(String(answer)).toBe('true\n');
  expect(expectCodes(await lockIn(folder).acquire({ run: 'run-2', timeoutMs: 0 }))).toEqual(['SK3040']);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await expectValue(await lockIn(folder).acquire({ run: 'run-3', timeoutMs: 60_000 }))[Symbol.asyncDispose]();
});

test('waiting can be cancelled', async () => {
  const folder = temporaryFolder();
  const first = expectValue(await lockIn(folder).acquire({ run: 'run-1', timeoutMs: 0 }));
  const controller = new AbortController();
  const second = lockIn(folder).acquire({ run: 'run-2', timeoutMs: 60_000, signal: controller.signal });
  controller.abort();
  expect(expectCodes(await second)).toEqual(['SK3103']);
  await first[Symbol.asyncDispose]();
});

test('a lock file that cannot be made says why', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'sandkiln'), '');
  expect(expectCodes(await lockIn(folder).acquire({ run: 'run-1', timeoutMs: 0 }))).toEqual(['SK3041']);
});
