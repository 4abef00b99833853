// What hits of the action cache cost: actions through the scheduler, the real cache and the real store, journal on.
// Each run is a process of its own, as a second reconcile is.
// node bench/cache.ts [--actions 10000]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
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
import { type Action, actionId } from '../src/model/action.ts';
import { success } from '../src/model/result.ts';
import { mebibytes, median, table } from './table.ts';

const repeats = 7;
const blobSizeBytes = 4096;
const options = {
  actions: { type: 'string', default: '10000' },
  folder: { type: 'string' },
  run: { type: 'string' },
} as const;
const { values } = parseArgs({ options });
const actionCount = Number(values.actions);

/** What one run, in its own process, prints. */
interface Outcome {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
  readonly hits: number;
}

if (values.folder !== undefined && values.run !== undefined) {
  console.log(JSON.stringify(await runActions(values.folder, values.run)));
} else {
  compareRuns();
}

function compareRuns(): void {
  const folder = mkdtempSync(join(tmpdir(), 'sandkiln-bench-cache-'));
  const rows: string[][] = [];
  let runs = 0;
  const runOnce = (prepare: () => void, hits: number): Outcome => {
    prepare();
    runs += 1;
    const argv = [
      fileURLToPath(import.meta.url),
      '--actions',
      `${actionCount}`,
      '--folder',
      folder,
      '--run',
      `run-${runs}`,
    ];
    // Written by this file.
    const outcome = JSON.parse(execFileSync(process.execPath, argv, { encoding: 'utf8' })) as Outcome;
    if (outcome.hits !== hits) {
      throw new Error(`${outcome.hits} hits instead of ${hits}`);
    }
    return outcome;
  };
  const addRow = (name: string, outcomes: readonly Outcome[]) => {
    const wallMs = median(outcomes.map((outcome) => outcome.wallMs));
    rows.push([
      name,
      String(outcomes.length),
      `${wallMs.toFixed(0)} ms`,
      `${Math.min(...outcomes.map((outcome) => outcome.wallMs)).toFixed(0)} ms`,
      `${median(outcomes.map((outcome) => outcome.cpuMs)).toFixed(0)} ms`,
      `${((wallMs * 1000) / actionCount).toFixed(1)} µs`,
      mebibytes(Math.max(...outcomes.map((outcome) => outcome.peakBytes))),
    ]);
  };
  const repeated = (prepare: () => void, hits: number) =>
    Array.from({ length: repeats }, () => runOnce(prepare, hits));

  try {
    const loadBefore = loadavg()[0];
    addRow('misses: blob and row written', [runOnce(() => {}, 0)]);
    addRow(
      'hits: files as they were',
      repeated(() => {}, actionCount),
    );
    addRow(
      'hits: files look different, each is read and hashed',
      repeated(() => touchBlobs(folder), actionCount),
    );
    addRow(
      'one file damaged: found, that action runs again',
      repeated(() => damageOneBlob(folder), actionCount - 1),
    );
    console.log(
      `${actionCount} actions in chains of ten, a blob of ${blobSizeBytes} bytes each; ${availableParallelism()} CPUs,`,
      `node ${process.version}, load ${loadBefore?.toFixed(1)} before and ${loadavg()[0]?.toFixed(1)} after\n`,
    );
    console.log(table(['what', 'runs', 'median', 'fastest', 'CPU', 'an action', 'whole process'], rows));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As after a copy or a restored backup: the same bytes, another time. */
function touchBlobs(folder: string): void {
  const now = new Date();
  for (const path of blobFiles(folder)) {
    utimesSync(path, now, now);
  }
}

/** Other bytes of the same length. */
function damageOneBlob(folder: string): void {
  const path = blobFiles(folder)[0] ?? '';
  rmSync(path);
  writeFileSync(path, Buffer.alloc(blobSizeBytes, 'x'));
}

function blobFiles(folder: string): readonly string[] {
  return readdirSync(join(folder, 'blobs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path).size === blobSizeBytes)
    .sort();
}

/** Runs the actions in this process; only {@link execute} is timed. */
async function runActions(folder: string, run: string): Promise<Outcome> {
  const graph = chainsOfTen(actionCount);
  const cache = createFileSystemStore({ folder: join(folder, 'blobs'), durable: false });
  const stage: Stage = {
    name: 'make',
    version: 1,
    effect: 'pure',
    fingerprint: async () => success({ tools: {}, environment: {} }),
    run: async (action) => {
      const blob = await cache.put([Buffer.alloc(blobSizeBytes, `${action.id} `)]);
      return blob.ok ? success({ blobs: { file: blob.value }, data: {} }) : blob;
    },
  };
  const journal = await createFileSystemJournal(join(folder, 'journal')).open(run);
  if (!journal.ok) {
    throw new Error(journal.diagnostics[0]?.message);
  }
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const { outcome, results } = await execute(graph, {
    run,
    stages: new Map([[stage.name, stage]]),
    limits: { cpu: availableParallelism() },
    failFast: false,
    clock: createSystemClock(),
    timer: createSystemTimer(),
    scratch: createMemoryScratch({
      processes: createProcessRunner(),
      report: () => {},
      diskFolder: join(folder, 'scratch'),
    }),
    cache,
    actionCache: createFileSystemActionCache({ folder: join(folder, 'actions'), cache }),
    journal: journal.value,
    redact: (line) => line,
    emit: () => {},
    signal: new AbortController().signal,
    platform: 'linux-x64',
    salt: '',
    domain: 'trusted',
  });
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpuBefore);
  await journal.value.close();
  if (outcome !== 'succeeded') {
    throw new Error(`the run ${outcome}`);
  }
  const hits = [...results.values()].filter((result) => result.status === 'succeeded' && result.cached);
  return {
    wallMs,
    cpuMs: (user + system) / 1000,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    hits: hits.length,
  };
}

function chainsOfTen(count: number): Graph {
  const actions = Array.from({ length: count }, (_, index): Action => {
    const resource = { kind: 'SandboxImageSpec', name: `image-${Math.floor(index / 10)}` };
    return {
      id: actionId(resource, 'make', String(index)),
      resource,
      stage: 'make',
      effect: 'pure',
      needs: index % 10 === 0 ? [] : [actionId(resource, 'make', String(index - 1))],
      input: { index },
      timeoutMs: 1_200_000,
      uses: { disk: 0 },
    };
  });
  const graph = buildGraph(actions);
  if (!graph.ok) {
    throw new Error('the actions have a cycle');
  }
  return graph.value;
}
