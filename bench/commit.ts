// What it costs to commit one record to a catalog, by the records that are there already.
// node bench/commit.ts
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createSystemClock } from '../src/adapters/clock/system-clock.ts';
import { createSystemStopwatch } from '../src/adapters/clock/system-stopwatch.ts';
import { createSystemTimer } from '../src/adapters/clock/system-timer.ts';
import type { ObjectId } from '../src/adapters/git/git.ts';
import { openRepository } from '../src/adapters/git/open-repository.ts';
import { createProcessRunner } from '../src/adapters/process/child-processes.ts';
import { nextHead } from '../src/engine/catalog/next-head.ts';
import { attestationsPath, headPath, imageRecordPath, imageStatePath } from '../src/engine/catalog/paths.ts';
import { branchLanding } from '../src/engine/write-back/branch-landing.ts';
import type { CommitContent } from '../src/engine/write-back/offer-once.ts';
import { writeBack } from '../src/engine/write-back/write-back.ts';
import type { Digest } from '../src/model/digest.ts';
import { type Result, success } from '../src/model/result.ts';
import { createBigRepository } from '../test/rig/big-repository.ts';
import { gitTestEnvironment } from '../test/rig/git-repository.ts';
import { memorySigner } from '../test/rig/memory-signer.ts';
import { median, table } from './table.ts';

const repeats = 21;
const signer = memorySigner();
const rows: string[][] = [];
const folder = mkdtempSync(join(tmpdir(), 'sandkiln-bench-commit-'));

try {
  const load = loadText();
  for (const records of [500, 50_000]) {
    const { path } = await createBigRepository({
      specs: records,
      withCatalog: true,
      profiles: 1,
      folder: join(folder, String(records)),
    });
    const bare = `${path}.git`;
    git('/', 'clone', '--quiet', '--bare', path, bare);
    addRow('write-back, no work tree', records, await measureWriteBack(bare));
    addRow('write-back, checked out', records, await measureWriteBack(path));
    addRow('git add, git commit', records, { times: measureGit(path) });
    addRow('git update-index alone', records, { times: measureIndex(path) });
    rmSync(bare, { recursive: true });
    rmSync(path, { recursive: true });
  }
  console.log(
    `${availableParallelism()} CPUs, node ${process.version}, ${git('/', '--version')}; load ${load} before, ${loadText()} after\n`,
  );
  console.log(table(['what', 'records before', `median of ${repeats}`, 'least', 'most', 'first'], rows));
  console.log(
    'a record: three files of an image. write-back also reads, works out and signs the head over the whole',
  );
  console.log('catalog; first: with nothing remembered of it, so that every record is read.');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function filesOf(name: string): ReadonlyMap<string, Buffer> {
  const version = '1.0.0+1';
  return new Map([
    [imageStatePath(name), Buffer.from(`{"name":"${name}"}\n`)],
    [imageRecordPath(name, version), Buffer.from(`{"name":"${name}"}\n`)],
    [attestationsPath(name, version), Buffer.from('{}\n')],
  ]);
}

async function measureWriteBack(directory: string) {
  const opened = await openRepository({
    path: directory,
    environment: gitTestEnvironment(),
    processes: createProcessRunner(),
  });
  if (!opened.ok) {
    throw new Error(opened.diagnostics[0]?.message);
  }
  await using repository = opened.value;
  const memo = new Map<ObjectId, Digest>();
  const clock = createSystemClock();
  const branch = 'main';
  const times: number[] = [];
  for (let repeat = 0; repeat <= repeats; repeat += 1) {
    const started = performance.now();
    const written = await writeBack<CommitContent>({
      git: repository,
      landing: branchLanding({ git: repository, branch, folder: 'catalog', clock, emit: () => {} }),
      branch,
      async compute({ parent }): Promise<Result<CommitContent>> {
        const changes = new Map(filesOf(`another-${repeat}`));
        const head = await nextHead({
          git: repository,
          parent,
          changes,
          desiredCommit: parent,
          trustVersion: 1,
          signers: [signer],
          now: clock.now(),
          memo,
        });
        if (!head.ok) {
          return head;
        }
        changes.set(headPath, Buffer.from(head.value ?? ''));
        return success({ changes, message: `another-${repeat}` });
      },
      author: { name: 'Ada Example', email: 'ada@example.org' },
      clock,
      stopwatch: createSystemStopwatch(),
      timer: createSystemTimer(),
      random: Math.random,
      deadlineMs: 120_000,
      operationTimeoutMs: 60_000,
    });
    if (!written.ok || written.value.attempts !== 1) {
      throw new Error(written.ok ? 'somebody else was faster' : written.diagnostics[0]?.message);
    }
    times.push(performance.now() - started);
  }
  const [first, ...others] = times;
  return { first, times: others };
}

/** The same files by name, without a head. */
function measureGit(directory: string): readonly number[] {
  return Array.from({ length: repeats }, (_, repeat) => {
    const started = performance.now();
    const files = filesOf(`by-git-${repeat}`);
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), bytes);
    }
    git(directory, 'add', ...files.keys());
    git(directory, 'commit', '--quiet', '-m', `by-git-${repeat}`);
    return performance.now() - started;
  });
}

/** The least that a work tree costs: one file more in the index, which git writes anew as a whole. */
function measureIndex(directory: string): readonly number[] {
  const blob = git(directory, 'rev-parse', 'HEAD:sandkiln.yaml');
  return Array.from({ length: repeats }, (_, repeat) => {
    const started = performance.now();
    git(directory, 'update-index', '--add', '--cacheinfo', `100644,${blob},catalog/index-${repeat}`);
    return performance.now() - started;
  });
}

function addRow(
  name: string,
  records: number,
  { times, first }: { readonly times: readonly number[]; readonly first?: number | undefined },
): void {
  const ms = (value: number | undefined) => (value === undefined ? '' : `${value.toFixed(0)} ms`);
  rows.push([
    name,
    String(records),
    ms(median(times)),
    ms(Math.min(...times)),
    ms(Math.max(...times)),
    ms(first),
  ]);
}

function loadText(): string {
  return loadavg()[0]?.toFixed(1) ?? '';
}

function git(directory: string, ...command: readonly string[]): string {
  return execFileSync('git', command, { cwd: directory, env: gitTestEnvironment(), encoding: 'utf8' }).trim();
}
