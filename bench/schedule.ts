// What the scheduler itself costs an action, journal on, beside p-queue; and what a hit of the action cache costs.
// node --expose-gc bench/schedule.ts   (the peer: npm install p-queue in the folder that PEER_FOLDER names)
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ActionCache, ActionCacheRow } from '../src/adapters/action-cache/action-cache.ts';
import { createFileSystemActionCache } from '../src/adapters/action-cache/file-system-action-cache.ts';
import { createSystemClock } from '../src/adapters/clock/system-clock.ts';
import { createSystemTimer } from '../src/adapters/clock/system-timer.ts';
import { createFileSystemJournal } from '../src/adapters/journal/file-system-journal.ts';
import { createProcessRunner } from '../src/adapters/process/child-processes.ts';
import { createMemoryScratch } from '../src/adapters/scratch/memory-scratch.ts';
import { createFileSystemStore } from '../src/adapters/store/file-system-store.ts';
import { execute } from '../src/engine/execute/execute.ts';
import { buildGraph, type Graph } from '../src/engine/graph/build-graph.ts';
import type { Stage } from '../src/engine/stage.ts';
import { type Action, actionId, type EffectClass } from '../src/model/action.ts';
import type { Digest } from '../src/model/digest.ts';
import { success } from '../src/model/result.ts';
import { median, table } from './table.ts';

const actionCount = 100_000;
const hitCount = 10_000;
const repeats = 5;
const jobs = 4;
const folder = mkdtempSync(join(tmpdir(), 'sandkiln-bench-schedule-'));
const cache = createFileSystemStore({ folder: join(folder, 'blobs'), durable: false });
const rows: string[][] = [];
const output = success({ blobs: {}, data: {} });
const fingerprint = success({ tools: {}, environment: {} });
const doesNothing: Stage['run'] = async () => output;

try {
  await measureScheduling('wait, no needs', 'wait', 0, memoryCache);
  await measureScheduling('wait, chains of 10', 'wait', 10, memoryCache);
  await measureScheduling('pure (key, row in memory), chains of 10', 'pure', 10, memoryCache);
  await measureHits();
  await measurePeer();
  console.log(
    `${availableParallelism()} CPUs, node ${process.version}, ${jobs} jobs, median of ${repeats}\n`,
  );
  console.log(
    table(['what', 'actions', 'whole', 'an action', 'CPU', 'live memory', 'with garbage', 'journal'], rows),
  );
  console.log(
    'memory: the most heap and buffers in use, less those before the run, an action; actions and graph were there before.',
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Resources of ten actions each, in chains or side by side. */
function graphOf(count: number, effect: EffectClass, chain: number): Graph {
  const actions: Action[] = [];
  for (let index = 0; index < count; index++) {
    const resource = { kind: 'SandboxImageSpec', name: `image-${Math.floor(index / 10)}` };
    const isFirst = chain === 0 || index % chain === 0;
    actions.push({
      id: actionId(resource, 'nothing', String(index)),
      resource,
      stage: 'nothing',
      effect,
      needs: isFirst ? [] : [actionId(resource, 'nothing', String(index - 1))],
      input: { index },
      timeoutMs: 1_200_000,
      uses: { disk: 0 },
    });
  }
  const graph = buildGraph(actions);
  if (!graph.ok) {
    throw new Error('the actions have a cycle');
  }
  return graph.value;
}

function memoryCache(): ActionCache {
  const kept = new Map<Digest, ActionCacheRow>();
  return {
    get: async (key) => kept.get(key),
    put: async () => success(undefined),
    lastRows: async () => [],
  };
}

async function run(
  graph: Graph,
  stageRun: Stage['run'],
  actionCache: ActionCache,
  onEvent: () => void,
  id: string,
) {
  const stage: Stage = {
    name: 'nothing',
    version: 1,
    effect: 'pure',
    fingerprint: async () => fingerprint,
    run: stageRun,
  };
  const journal = await createFileSystemJournal(join(folder, 'journal')).open(id);
  if (!journal.ok) {
    throw new Error(journal.diagnostics[0]?.message);
  }
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const { outcome, results } = await execute(graph, {
    run: id,
    stages: new Map([[stage.name, stage]]),
    limits: { cpu: jobs },
    failFast: false,
    clock: createSystemClock(),
    timer: createSystemTimer(),
    scratch: createMemoryScratch({
      processes: createProcessRunner(),
      report: () => {},
      diskFolder: join(folder, 'scratch'),
    }),
    cache,
    actionCache,
    journal: journal.value,
    redact: (line) => line,
    emit: onEvent,
    signal: new AbortController().signal,
    platform: 'linux-x64',
    salt: '',
    domain: 'trusted',
  });
  const wallMs = performance.now() - started;
  const cpuMs = cpuMsSince(cpuBefore);
  await journal.value.close();
  if (outcome !== 'succeeded') {
    throw new Error(`the run ${outcome}`);
  }
  return { wallMs, cpuMs, results, journalBytes: statSync(join(folder, 'journal', `${id}.jsonl`)).size };
}

async function measureScheduling(
  name: string,
  effect: EffectClass,
  chain: number,
  createCache: () => ActionCache,
): Promise<void> {
  const graph = graphOf(actionCount, effect, chain);
  const times: number[] = [];
  const cpuTimes: number[] = [];
  const peaks: number[] = [];
  let journalBytes = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const memory = watchMemory('with garbage');
    const done = await run(graph, doesNothing, createCache(), memory.look, runId(name, repeat));
    peaks.push(memory.peakBytes());
    times.push(done.wallMs);
    cpuTimes.push(done.cpuMs);
    journalBytes = done.journalBytes;
  }
  const live = watchMemory('live');
  await run(graph, doesNothing, createCache(), live.look, runId(name, repeats));
  addRow(
    name,
    actionCount,
    { wallMs: median(times), cpuMs: median(cpuTimes) },
    { live: live.peakBytes(), peak: median(peaks) },
    journalBytes,
  );
}

async function measureHits(): Promise<void> {
  const graph = graphOf(hitCount, 'pure', 10);
  const makeBlob: Stage['run'] = async (action) => {
    const blob = await cache.put([Buffer.from(action.id)]);
    return blob.ok ? success({ blobs: { file: blob.value }, data: {} }) : blob;
  };
  const cpuTimes: number[] = [];
  const open = () => createFileSystemActionCache({ folder: join(folder, 'actions'), cache });
  const filled = await run(graph, makeBlob, open(), () => {}, runId('fill', 0));
  addRow('misses: blob and row written', hitCount, filled, {}, filled.journalBytes);
  const times: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const done = await run(graph, makeBlob, open(), () => {}, runId('hit', repeat));
    if (![...done.results.values()].every((result) => result.status === 'succeeded' && result.cached)) {
      throw new Error('not every action was a hit');
    }
    times.push(done.wallMs);
    cpuTimes.push(done.cpuMs);
  }
  addRow(
    'hits: row read, blob looked at',
    hitCount,
    { wallMs: median(times), cpuMs: median(cpuTimes) },
    {},
    0,
  );
}

/** p-queue does less: no graph, no results, no journal, no time limits, no events. */
async function measurePeer(): Promise<void> {
  const peerFolder = process.env['PEER_FOLDER'];
  if (peerFolder === undefined) {
    rows.push(['p-queue: PEER_FOLDER is not set', '', '', '', '', '', '', '']);
    return;
  }
  const entry = createRequire(join(peerFolder, 'none.js')).resolve('p-queue');
  const { default: PQueue } = await import(pathToFileURL(entry).href);
  const times: number[] = [];
  const cpuTimes: number[] = [];
  const peaks: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const memory = watchMemory('with garbage');
    const cpuBefore = process.cpuUsage();
    const started = performance.now();
    const queue = new PQueue({ concurrency: jobs, timeout: 1_200_000 });
    for (let index = 0; index < actionCount; index++) {
      queue
        .add(async () => {
          memory.look();
          return output;
        })
        .catch(() => {});
    }
    memory.look();
    await queue.onIdle();
    times.push(performance.now() - started);
    cpuTimes.push(cpuMsSince(cpuBefore));
    peaks.push(memory.peakBytes());
  }
  addRow(
    'p-queue, no needs, no journal',
    actionCount,
    { wallMs: median(times), cpuMs: median(cpuTimes) },
    { peak: median(peaks) },
    0,
  );
}

/** Of all threads of this process, those of the collector and of input and output included. */
function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The most that is in use above what was before; `live` collects garbage before it looks, which costs time. */
function watchMemory(what: 'live' | 'with garbage') {
  const inUse = () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  globalThis.gc?.();
  const before = inUse();
  let peak = before;
  let looks = 0;
  return {
    look: () => {
      looks += 1;
      if (looks % 20_000 === 0) {
        if (what === 'live') {
          globalThis.gc?.();
        }
        peak = Math.max(peak, inUse());
      }
    },
    peakBytes: () => peak - before,
  };
}

function addRow(
  name: string,
  count: number,
  time: { readonly wallMs: number; readonly cpuMs: number },
  bytes: { readonly live?: number; readonly peak?: number },
  journalBytes: number,
): void {
  const anAction = (total: number | undefined) =>
    total === undefined ? '' : `${(total / count).toFixed(0)} B`;
  rows.push([
    name,
    String(count),
    `${time.wallMs.toFixed(0)} ms`,
    `${((time.wallMs * 1000) / count).toFixed(2)} µs`,
    `${((time.cpuMs * 1000) / count).toFixed(2)} µs`,
    anAction(bytes.live),
    anAction(bytes.peak),
    journalBytes === 0 ? '' : `${(journalBytes / 2 ** 20).toFixed(1)} MiB`,
  ]);
}

function runId(name: string, repeat: number): string {
  return `${name.replace(/[^a-z0-9]+/g, '-')}-${repeat}`;
}
