// Writers that land updates on one branch of one remote at the same time, each in a process and a clone of its own:
// the engine's write-back, and beside it `git push`, after a refusal `git pull --rebase`, with the same waiting times.
// node bench/writeback.ts
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { seconds, table } from './table.ts';
import { type Landing, updatePath } from './update.ts';

const writer = fileURLToPath(new URL('write-back-writer.ts', import.meta.url));
const updatesOfEach = 10;
const environment = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada Example',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada Example',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
};
const rows: string[][] = [];

console.log(
  `${availableParallelism()} CPUs, node ${process.version}, ${git('/', '--version')}; each writer lands ${updatesOfEach} updates back to back`,
);
console.log(`load before: ${loadText()}\n`);
for (const writers of [1, 5, 20]) {
  for (const protocol of ['write-back', 'pull --rebase, push']) {
    rows.push(await measure(protocol, writers));
  }
}
console.log(
  table(
    [
      'protocol',
      'writers',
      'updates/s',
      'p50',
      'p95',
      'p99',
      'longest',
      'attempts',
      'most',
      'given up',
      'lost',
      'load',
    ],
    rows,
  ),
);
console.log(
  'times: from the result to the end of the push that landed, of the updates that landed; attempts: mean.',
);
console.log('given up: not landed after 120 s; lost: said to have landed, and not in the branch.');

/** One remote, so many writers; checks in the remote what they say. */
async function measure(protocol: string, writers: number): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sandkiln-bench-writeback-'));
  try {
    const remote = createRemote(folder);
    const started = await Promise.all(
      Array.from({ length: writers }, (_, index) => startWriter(protocol, folder, remote, `writer-${index}`)),
    );
    const begun = performance.now();
    const told = await Promise.all(started.map((go) => go()));
    const wallMs = performance.now() - begun;
    const landings = told.flat();
    const landed = landings.flatMap(({ tookMs }) => (tookMs === null ? [] : [tookMs]));
    const files = new Set(git(remote, 'ls-tree', '-r', '--name-only', 'main').split('\n'));
    const lost = told.flatMap((updates, index) =>
      updates.filter(
        (each, update) => each.tookMs !== null && !files.has(updatePath(`writer-${index}`, update)),
      ),
    );
    if (protocol === 'write-back' && Number(git(remote, 'show', 'main:catalog/count')) !== landed.length) {
      throw new Error('the count that every update raises is not the number of updates');
    }
    const times = landed.toSorted((left, right) => left - right);
    const attempts = landings.map((landing) => landing.attempts);
    return [
      protocol,
      String(writers),
      (landed.length / (wallMs / 1000)).toFixed(1),
      ...[0.5, 0.95, 0.99, 1].map((share) => seconds(percentile(times, share))),
      (attempts.reduce((sum, each) => sum + each, 0) / attempts.length).toFixed(1),
      String(Math.max(...attempts)),
      String(landings.length - landed.length),
      String(lost.length),
      loadText(),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function createRemote(folder: string): string {
  const remote = join(folder, 'remote.git');
  const first = join(folder, 'first');
  git('/', 'init', '--quiet', '--initial-branch=main', first);
  git(first, 'commit', '--quiet', '--allow-empty', '-m', 'first');
  git('/', 'clone', '--quiet', '--bare', first, remote);
  return remote;
}

/** Starts a writer, and gives a function that lets it go and waits for what it has to tell. */
async function startWriter(
  protocol: string,
  folder: string,
  remote: string,
  name: string,
): Promise<() => Promise<readonly Landing[]>> {
  const clone = join(folder, name);
  git('/', 'clone', '--quiet', `file://${remote}`, clone);
  const child = spawn(process.execPath, [writer, protocol, clone, name, String(updatesOfEach)], {
    env: environment,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return async () => {
    child.stdin.write('go\n');
    const { value = '[]' } = await lines.next();
    return JSON.parse(value);
  };
}

/** Nearest rank. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

function loadText(): string {
  return loadavg()[0]?.toFixed(1) ?? '';
}

function git(directory: string, ...command: readonly string[]): string {
  return execFileSync('git', command, { cwd: directory, env: environment, encoding: 'utf8' }).trim();
}
