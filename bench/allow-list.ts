// A list of 100,000 entries with 100 changed: what planning, the revision and the nftables export take, and beside it the
// kernel's part, loading that file with nft -f. Then whole commands. As root, for a network namespace.
// npm run build && node bench/allow-list.ts [--entries 100000]
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createNftablesEnforcer } from '../src/adapters/enforcer/nftables/nftables-enforcer.ts';
import { createProcessRunner } from '../src/adapters/process/child-processes.ts';
import { alwaysDenied, defaultSinkhole } from '../src/allow-list/always-deny.ts';
import { changesetOf } from '../src/allow-list/changeset.ts';
import { destinationPolicy } from '../src/allow-list/destination-policy.ts';
import { effectiveSet, entriesOf } from '../src/allow-list/effective-set.ts';
import { readEntryLines } from '../src/allow-list/entry-lines.ts';
import { findOverlaps } from '../src/allow-list/find-overlaps.ts';
import { enforcerNames, openEnforcer } from '../src/compose-enforcers.ts';
import { nextRevision } from '../src/kinds/allow-list/next-revision.ts';
import type { AllowEntry } from '../src/model/allow-list.ts';
import { digestOfBytes } from '../src/model/digest.ts';
import { installPackage } from './installed-package.ts';
import { type Measured, measureProcess } from './measure-process.ts';
import { mebibytes, median, table } from './table.ts';

const { values } = parseArgs({ options: { entries: { type: 'string', default: '100000' } } });
const count = Number(values.entries);
const changed = 100;
const rounds = 7;
const now = '2026-11-21T00:00:00.000Z';
const work = mkdtempSync(join(tmpdir(), 'sandkiln-bench-allow-list-'));
const namespace = `sandkiln-bench-${process.pid}`;

try {
  execFileSync('ip', ['netns', 'add', namespace]);
  console.log(
    `${count} entries, ${changed} of them changed; ${availableParallelism()} CPUs, node ${process.version}, ${execFileSync('nft', ['--version'], { encoding: 'utf8' }).trim()}, load ${load()} before\n`,
  );
  await measurePhases();
  await measureEnforcers();
  await measureCommands();
  console.log(`load ${load()} after`);
} finally {
  execFileSync('ip', ['netns', 'del', namespace]);
  rmSync(work, { recursive: true, force: true });
}

/** The functions behind the commands, in a process that is warm, and the kernel in turn with them. */
async function measurePhases(): Promise<void> {
  const denied = alwaysDenied({ permit: [], sinkhole: defaultSinkhole });
  const before = setOf(linesOf(0), denied);
  const bytes = Buffer.from(linesOf(changed));
  const { privateKey } = generateKeyPairSync('ed25519');
  const enforcer = createNftablesEnforcer({ processes: createProcessRunner() });
  const times = new Map<string, number[]>();
  for (let round = 0; round <= rounds; round += 1) {
    const took = (name: string, ms: number) => times.set(name, [...(times.get(name) ?? []), ms]);
    let started = performance.now();
    const lap = (name: string) => {
      took(name, performance.now() - started);
      started = performance.now();
    };
    const read = readEntryLines('lists/partners.jsonl', bytes, 'partners');
    findOverlaps({
      list: 'partners',
      file: 'specs/allow-lists/partners.yaml',
      own: read.entries,
      included: [],
      alwaysDenied: denied,
    });
    const set = effectiveSet([...read.entries.map(({ entry }) => entry), ...denied]);
    changesetOf(before.text, set.text);
    lap('plan: lines read, overlaps, set, changeset');
    const made = nextRevision({
      name: 'partners',
      current: before.current,
      set,
      inputs: null,
      createdAt: now,
      run: '20261121T000000Z-00000000',
      desiredCommit: '0'.repeat(40),
      cause: { type: 'commit', commits: [] },
      decisions: [],
    });
    if (made === undefined) {
      throw new Error('nothing changed');
    }
    sign(null, made.bytes, privateKey);
    lap('revision: changeset, YAML, signature');
    const inForce = entriesOf(set.text);
    const compiled = enforcer.compile({
      list: 'partners',
      revision: 2,
      createdAt: now,
      set: set.digest,
      entries: inForce,
      policy: destinationPolicy(inForce),
      appliedAt: null,
      leftToOthers: new Set(),
    });
    const file = compiled.ok ? compiled.value.files[0] : undefined;
    if (file === undefined) {
      throw new Error('the list has no nftables file');
    }
    lap('nftables export: set parsed, denials taken out, file');
    const path = join(work, file.name);
    writeFileSync(path, file.bytes);
    started = performance.now();
    execFileSync('ip', ['netns', 'exec', namespace, 'nft', '-f', path]);
    lap('the kernel: nft -f of that file');
  }
  const rows = [...times].map(([name, all]) => row(name, all.slice(1)));
  const own = [...times].slice(0, 3).map(([, all]) => all.slice(1));
  const sums = Array.from({ length: rounds }, (_, round) =>
    own.reduce((sum, all) => sum + (all[round] ?? 0), 0),
  );
  console.log(`in a warm process, ${rounds} rounds in turn`);
  console.log(
    table(['part', 'median', 'fastest', 'slowest'], [...rows, row('the first three together', sums)]),
  );
}

/** How long each enforcer takes to write the list, read it back and compare; those with a limit below it refuse. */
async function measureEnforcers(): Promise<void> {
  const denied = alwaysDenied({ permit: [], sinkhole: defaultSinkhole });
  const entries = entriesOf(setOf(linesOf(0), denied).text);
  const policy = destinationPolicy(entries);
  const rows: string[][] = [];
  for (const name of enforcerNames) {
    const enforcer = await openEnforcer(name, { processes: createProcessRunner() }, undefined);
    const compile: number[] = [];
    const back: number[] = [];
    let size = 'refused';
    for (let round = 0; round < 3; round += 1) {
      let started = performance.now();
      const compiled = enforcer.compile({
        list: 'partners',
        revision: 2,
        createdAt: now,
        set: digestOfBytes(''),
        entries,
        policy,
        appliedAt: null,
        leftToOthers: new Set(['ports']),
      });
      compile.push(performance.now() - started);
      if (compiled.ok) {
        size = mebibytes(compiled.value.files.reduce((sum, { bytes }) => sum + bytes.length, 0));
        started = performance.now();
        enforcer.readBack(compiled.value.files);
        back.push(performance.now() - started);
      }
    }
    rows.push([
      name,
      milliseconds(median(compile)),
      back.length === 0 ? '' : milliseconds(median(back)),
      size,
    ]);
  }
  console.log('each enforcer, in a warm process, ports left to others, median of 3');
  console.log(table(['enforcer', 'compile', 'read back', 'files'], rows));
}

async function measureCommands(): Promise<void> {
  const repository = join(work, 'repository');
  const program = installPackage(join(work, 'package'));
  const environment = {
    XDG_CONFIG_HOME: join(work, 'config'),
    XDG_DATA_HOME: join(work, 'data'),
    XDG_CACHE_HOME: join(work, 'cache'),
    CI: 'true',
  };
  const git = (...argv: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', ...argv], {
      cwd: repository,
    });
  const sandkiln = async (...argv: readonly string[]): Promise<Measured> => {
    const measured = await measureProcess(process.execPath, [program, ...argv], {
      directory: repository,
      environment,
    });
    if (measured.exitCode !== 0) {
      throw new Error(`sandkiln ${argv.join(' ')} ended with ${measured.exitCode}\n${measured.stderr}`);
    }
    return measured;
  };
  mkdirSync(repository);
  git('init', '--quiet', '--initial-branch', 'main');
  await sandkiln('init');
  mkdirSync(join(repository, 'lists'));
  mkdirSync(join(repository, 'specs/allow-lists'), { recursive: true });
  writeFileSync(
    join(repository, 'specs/allow-lists/partners.yaml'),
    'apiVersion: sandkiln/v1\nkind: AllowList\nmetadata: {name: partners}\nspec: {entriesFrom: [{file: lists/partners.jsonl}]}\n',
  );
  const commit = (from: number) => {
    writeFileSync(join(repository, 'lists/partners.jsonl'), linesOf(from));
    git('add', '--all');
    git('commit', '--quiet', '--message', `entries from ${from}`);
  };
  commit(0);
  await sandkiln('reconcile');
  const commands = new Map<string, Measured[]>();
  const took = (name: string, measured: Measured) =>
    commands.set(name, [...(commands.get(name) ?? []), measured]);
  for (let round = 1; round <= rounds; round += 1) {
    commit(round * changed);
    took(`sandkiln plan, ${changed} entries changed`, await sandkiln('plan'));
    took('sandkiln reconcile of that', await sandkiln('reconcile'));
    took('sandkiln plan, nothing changed', await sandkiln('plan'));
    took('sandkiln allow-list test', await sandkiln('allow-list', 'test', 'partners', addressOf(count - 1)));
    took(
      'sandkiln allow-list export --to nftables',
      await sandkiln('allow-list', 'export', 'partners', '--to', 'nftables', '--out', join(work, 'out')),
    );
  }
  console.log(`whole commands, ${rounds} rounds in turn`);
  console.log(
    table(
      ['command', 'median', 'fastest', 'slowest', 'CPU', 'memory'],
      [...commands].map(([name, all]) => [
        ...row(
          name,
          all.map(({ wallMs }) => wallMs),
        ),
        milliseconds(median(all.map(({ cpuMs }) => cpuMs))),
        mebibytes(Math.max(...all.map(({ peakBytes }) => peakBytes))),
      ]),
    ),
  );
}

function setOf(lines: string, denied: readonly AllowEntry[]) {
  const read = readEntryLines('lists/partners.jsonl', Buffer.from(lines), 'partners');
  const made = nextRevision({
    name: 'partners',
    current: undefined,
    set: effectiveSet([...read.entries.map(({ entry }) => entry), ...denied]),
    inputs: null,
    createdAt: now,
    run: '20261121T000000Z-00000000',
    desiredCommit: '0'.repeat(40),
    cause: { type: 'commit', commits: [] },
    decisions: [],
  });
  const [blob] = made?.blobs ?? [];
  if (made === undefined || blob === undefined) {
    throw new Error('an empty list');
  }
  const text = Buffer.from(blob).toString('utf8');
  return {
    text,
    current: { revision: made.revision, digest: digestOfBytes(made.bytes), setText: text },
  };
}

/** JSON lines of the entries from one number on. */
function linesOf(from: number): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const number = from + index;
    return JSON.stringify({
      match: { ip: addressOf(number) },
      ports: [443],
      protocol: 'tcp',
      reason: `partner ${number % 50}`,
    });
  });
  return `${lines.join('\n')}\n`;
}

/** No two alike, and no two in a row, so that nothing joins them to a range. */
function addressOf(number: number): string {
  const value = 0x14_00_00_00 + number * 3;
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

function row(name: string, all: readonly number[]): string[] {
  return [name, milliseconds(median(all)), milliseconds(Math.min(...all)), milliseconds(Math.max(...all))];
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(0)} ms`;
}

function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}
