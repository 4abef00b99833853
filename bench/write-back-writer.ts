// node bench/write-back-writer.ts PROTOCOL CLONE NAME UPDATES: one writer of bench/writeback.ts. Says "ready", waits for
// a line on stdin, lands its updates one after the other, and prints what each took as one line of JSON.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createSystemClock } from '../src/adapters/clock/system-clock.ts';
import { createSystemStopwatch } from '../src/adapters/clock/system-stopwatch.ts';
import { createSystemTimer } from '../src/adapters/clock/system-timer.ts';
import type { CommitId, GitRepository } from '../src/adapters/git/git.ts';
import { openRepository } from '../src/adapters/git/open-repository.ts';
import { createProcessRunner } from '../src/adapters/process/child-processes.ts';
import { backOffDelayMs } from '../src/engine/write-back/back-off.ts';
import { branchLanding } from '../src/engine/write-back/branch-landing.ts';
import { writeBack } from '../src/engine/write-back/write-back.ts';
import { success } from '../src/model/result.ts';
import { type Landing, updatePath } from './update.ts';

interface Attempted {
  /** When the push that landed had ended; absent where none did. */
  readonly landedAt: number | undefined;
  readonly attempts: number;
}

/** Both protocols give up then; the default of --push-timeout. */
const deadlineMs = 120_000;
const [protocol, clone = '', name = '', updates = ''] = process.argv.slice(2);
const run = promisify(execFile);
const land = protocol === 'write-back' ? await openWriteBack() : pullAndPush;

process.stdout.write('ready\n');
await once(process.stdin, 'data');
const landings: Landing[] = [];
for (let update = 0; update < Number(updates); update += 1) {
  const started = performance.now();
  const { landedAt, attempts } = await land(updatePath(name, update), `{"update":${update}}\n`);
  landings.push({ attempts, tookMs: landedAt === undefined ? null : landedAt - started });
}
process.stdout.write(`${JSON.stringify(landings)}\n`);
process.exit();

/** The engine's own: also counts in a file that every update changes, as the head of a catalog does. */
async function openWriteBack() {
  const opened = await openRepository({
    path: clone,
    environment: process.env,
    processes: createProcessRunner(),
  });
  if (!opened.ok) {
    throw new Error(opened.diagnostics[0]?.message);
  }
  const git = opened.value;
  const clock = createSystemClock();
  const timer = createSystemTimer();
  const branch = 'main';
  const plain = branchLanding({ git, branch, folder: 'catalog', remote: 'origin', clock, emit: () => {} });
  return async (path: string, text: string): Promise<Attempted> => {
    let attempts = 0;
    let landedAt: number | undefined;
    await writeBack({
      git,
      landing: {
        ...plain,
        settle(commit) {
          landedAt = performance.now();
          return plain.settle(commit);
        },
      },
      branch,
      compute: async ({ parent, attempt }) => {
        attempts = attempt;
        const changes = new Map([
          [path, Buffer.from(text)],
          ['catalog/count', Buffer.from(`${(await countAt(git, parent)) + 1}\n`)],
        ]);
        return success({ changes, message: path });
      },
      author: { name, email: `${name}@example.org` },
      clock,
      stopwatch: createSystemStopwatch(),
      timer,
      random: Math.random,
      deadlineMs,
      operationTimeoutMs: 60_000,
    });
    return { landedAt, attempts };
  };
}

async function countAt(git: GitRepository, commit: CommitId): Promise<number> {
  const blob = await git.objectAt(commit, 'catalog/count');
  const bytes = blob === undefined ? undefined : await git.readBlob(blob, 100);
  return bytes?.ok === true ? Number(Buffer.from(bytes.value).toString()) : 0;
}

/** What others do: commit, push; after a refusal wait as the engine does, pull with a rebase, push again. */
async function pullAndPush(path: string, text: string): Promise<Attempted> {
  const started = performance.now();
  mkdirSync(dirname(join(clone, path)), { recursive: true });
  writeFileSync(join(clone, path), text);
  await git('add', path);
  await git('commit', '--quiet', '-m', path);
  for (let attempts = 1; ; attempts += 1) {
    if (await git('push', '--quiet', 'origin', 'main')) {
      return { landedAt: performance.now(), attempts };
    }
    const delayMs = backOffDelayMs(attempts, Math.random());
    if (performance.now() - started + delayMs > deadlineMs) {
      return { landedAt: undefined, attempts };
    }
    await sleep(delayMs);
    await git('pull', '--quiet', '--rebase', 'origin', 'main');
  }
}

async function git(...command: readonly string[]): Promise<boolean> {
  return run('git', command, { cwd: clone }).then(
    () => true,
    () => false,
  );
}
