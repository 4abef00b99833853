// Plan and reconcile where nothing is to do, whole process, built package, in repositories of many specs and records;
// beside them git status of the same repository, ninja, wireit and turbo.
// npm run build && node bench/noop.ts [--sizes 1000,10000] [--rows 'warm,one spec']
// With --rows only the commands whose names hold one of the texts, and git status.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BigRepository, createBigRepository } from '../test/rig/big-repository.ts';
import { gitTestEnvironment } from '../test/rig/git-repository.ts';
import { type Contender, measureInTurn } from './in-turn.ts';
import { installPackage } from './installed-package.ts';
import type { Measured } from './measure-process.ts';
import { installPeers, ninjaPeer, turboPeer, wireitPeer } from './noop-peers.ts';
import { mebibytes, median, table } from './table.ts';

const { sizes, rows } = parseArgs({
  options: { sizes: { type: 'string', default: '1000,10000' }, rows: { type: 'string', default: '' } },
}).values;
const isWanted = (name: string) => rows.split(',').some((text) => name.includes(text));
const work = mkdtempSync(join(tmpdir(), 'sandkiln-bench-noop-'));
const program = installPackage(join(work, 'package'));
const modules = isWanted('wireit') || isWanted('turbo') ? installPeers(join(work, 'peers')) : '';
const environment = {
  ...gitTestEnvironment(),
  XDG_CONFIG_HOME: join(work, 'config'),
  XDG_DATA_HOME: join(work, 'data'),
  XDG_CACHE_HOME: join(work, 'cache'),
};

try {
  for (const name of Object.keys(process.env)) {
    if (/^(SANDKILN|OTEL|GIT)_/.test(name)) {
      delete process.env[name];
    }
  }
  for (const size of sizes.split(',').map(Number)) {
    await measureSize(size);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function measureSize(specs: number): Promise<void> {
  const rounds = specs < 10_000 ? 11 : specs < 100_000 ? 5 : 3;
  const folder = join(work, `${specs}`);
  const repository = await createBigRepository({
    specs,
    withCatalog: true,
    profiles: 10,
    folder: join(folder, 'repository'),
  });
  const base = git(repository.path, 'rev-parse', 'HEAD');
  const status: Contender = {
    name: 'git status',
    file: 'git',
    argv: ['status'],
    directory: repository.path,
    environment,
    says: 'nothing to commit',
    prepare: () => git(repository.path, 'update-ref', 'refs/heads/main', base),
  };
  const own = sandkilnContenders(repository, specs, join(folder, 'index')).filter(({ name }) =>
    isWanted(name),
  );
  const contenders = [
    status,
    ...own,
    ...(isWanted('ninja') ? [ninjaPeer(join(folder, 'ninja'), specs)] : []),
    ...(isWanted('wireit') ? [wireitPeer(join(folder, 'wireit'), modules, specs)] : []),
    ...(isWanted('turbo') ? [turboPeer(join(folder, 'turbo'), modules, specs)] : []),
  ];
  // git refreshes its own index, and Node keeps the compiled program.
  await measureInTurn([status, ...own.filter(({ name }) => specs < 100_000 || name.includes('warm'))], 1);
  const loadBefore = loadavg()[0];
  const measured = await measureInTurn(contenders, rounds);
  console.log(
    `${specs} specs with their records, ${availableParallelism()} CPUs, node ${process.version}, ${rounds} runs each in turn,`,
    `load ${loadBefore?.toFixed(1)} before and ${loadavg()[0]?.toFixed(1)} after\n`,
  );
  const reference = medianMs(measured.get(status));
  const header = ['command', 'median', 'fastest', 'CPU (mean)', '/ git status', 'memory'];
  console.log(
    table(
      header,
      [...measured].map(([{ name }, runs]) => rowOf(name, runs, reference)),
    ),
  );
  rmSync(folder, { recursive: true, force: true });
}

/** Commits beside the one whose plan is remembered, and the commands that meet them. */
function sandkilnContenders(
  repository: BigRepository,
  specs: number,
  keptIndex: string,
): readonly Contender[] {
  const { path, specFile, specText, commonProfileFile, commonProfileText } = repository;
  const index = join(path, '.git/sandkiln');
  const setBranch = (commit: string) => git(path, 'update-ref', 'refs/heads/main', commit);
  const base = git(path, 'rev-parse', 'HEAD');
  const commit = (file: string, text: string) => {
    setBranch(base);
    return repository.commit({ [file]: text });
  };
  const spec = specText(0);
  const commits = {
    unrelated: commit('notes/unrelated.md', 'nothing of the desired state\n'),
    specComment: commit(specFile(0), `${spec}# a comment\n`),
    spec: commit(specFile(0), spec.replace('version: 1.0.0', 'version: 1.1.0')),
    profileComment: commit(commonProfileFile, `${commonProfileText('20m')}# a comment\n`),
    profile: commit(commonProfileFile, commonProfileText('25m')),
  };
  setBranch(base);
  git(path, 'reset', '--quiet', '--hard');
  for (const command of ['plan', 'reconcile']) {
    execFileSync(process.execPath, [program, command], { cwd: path, env: environment, stdio: 'ignore' });
  }
  cpSync(index, keptIndex, { recursive: true });

  const contender = (
    command: string,
    what: string,
    at: string,
    { withIndex = true, unchanged = specs } = {},
  ): Contender => ({
    name: `sandkiln ${command}, ${what}`,
    file: process.execPath,
    argv: [program, command],
    directory: path,
    environment,
    says: ` ${unchanged} unchanged`,
    prepare: () => {
      setBranch(at);
      rmSync(index, { recursive: true, force: true });
      if (withIndex) {
        cpSync(keptIndex, index, { recursive: true });
      }
    },
  });
  const withoutChanges = (command: string): readonly Contender[] => [
    contender(command, 'cold index', base, { withIndex: false }),
    contender(command, 'warm index', base),
    contender(command, 'unrelated commit', commits.unrelated),
    contender(command, 'comment in one spec', commits.specComment),
    contender(command, 'comment in the profile of all', commits.profileComment),
  ];
  return [
    ...withoutChanges('reconcile'),
    ...withoutChanges('plan'),
    contender('plan', 'one spec changed', commits.spec, { unchanged: specs - 1 }),
    contender('plan', 'the profile of all changed', commits.profile, { unchanged: 0 }),
  ];
}

function git(directory: string, ...argv: readonly string[]): string {
  return execFileSync('git', argv, { cwd: directory, env: gitTestEnvironment(), encoding: 'utf8' }).trim();
}

function rowOf(name: string, runs: readonly Measured[], referenceMs: number): readonly string[] {
  const walls = runs.map(({ wallMs }) => wallMs);
  // The kernel counts in hundredths of a second, so that one run says little.
  const cpuMs = runs.reduce((sum, run) => sum + run.cpuMs, 0) / runs.length;
  const peakBytes = Math.max(...runs.map((run) => run.peakBytes));
  return [
    name,
    milliseconds(median(walls)),
    milliseconds(Math.min(...walls)),
    milliseconds(cpuMs),
    (median(walls) / referenceMs).toFixed(2),
    peakBytes === 0 ? '' : mebibytes(peakBytes),
  ];
}

function medianMs(runs: readonly Measured[] = []): number {
  return median(runs.map(({ wallMs }) => wallMs));
}

function milliseconds(value: number): string {
  return `${value.toFixed(0)} ms`;
}
