// How long the base image takes from nothing and after small changes, beside tools that make the same package set.
// npm run build && node bench/build.ts
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackage } from './installed-package.ts';
import { type Measured, measureProcess } from './measure-process.ts';
import { mebibytes, seconds, table } from './table.ts';

const packages = [
  'dbus',
  'iproute2',
  'linux-image-cloud-amd64',
  'netbase',
  'systemd',
  'systemd-sysv',
  'udev',
];
const work = mkdtempSync(join(tmpdir(), 'sandkiln-bench-build-'));
const memory = existsSync('/dev/shm') ? mkdtempSync('/dev/shm/sandkiln-bench-') : work;
const program = installPackage(join(work, 'package'));
const repository = join(work, 'repository');
const environment = {
  XDG_CONFIG_HOME: join(work, 'config'),
  XDG_DATA_HOME: join(work, 'data'),
  XDG_CACHE_HOME: join(work, 'cache'),
};
const rows: string[][] = [];

try {
  makeRepository();
  await warmPageCache();
  const peers = await measurePeers();
  await measureSandkiln(peers.mmdebstrapMs);
  const header = ['what', 'to qcow2', 'whole', 'CPU', 'own memory', 'smoke 1', 'smoke 2', '/ mmdebstrap'];
  console.log(
    `${availableParallelism()} CPUs, scratch in ${memory}; one run each, seconds of the wall clock\n`,
  );
  console.log(table(header, rows));
  console.log(
    'to qcow2: from the start of the run to the finished disk, before any boot; peers: to a tar or a folder.',
  );
} finally {
  rmSync(work, { recursive: true, force: true });
  rmSync(memory, { recursive: true, force: true });
}

function makeRepository(): void {
  mkdirSync(join(repository, 'specs/images'), { recursive: true });
  mkdirSync(join(repository, 'files'));
  writeFileSync(join(repository, 'files/note'), 'first\n');
  writeSpec({ packages, test: 'is there' });
  sandkiln('init');
  commit('first');
}

function writeSpec(options: { readonly packages: readonly string[]; readonly test: string }): void {
  const spec = [
    'apiVersion: sandkiln/v1',
    'kind: SandboxImageSpec',
    'metadata: {name: bench-base}',
    'spec:',
    '  version: 1.0.0',
    '  os: {distribution: debian, release: bookworm, architecture: amd64}',
    `  packages: [${options.packages.join(', ')}]`,
    '  files: [{path: /etc/note, source: files/note}]',
    '  outputs: [qcow2]',
    `  smokeTests: [{name: note ${options.test}, file: {path: /etc/note}}]`,
    '',
  ];
  writeFileSync(join(repository, 'specs/images/bench-base.yaml'), spec.join('\n'));
}

function sandkiln(...argv: readonly string[]): void {
  execFileSync(process.execPath, [program, ...argv], {
    cwd: repository,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function commit(message: string): void {
  execFileSync('git', ['add', '--all'], { cwd: repository });
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost'];
  execFileSync('git', [...identity, 'commit', '--quiet', '--message', message], { cwd: repository });
}

/** The first fetch of an index or a package may find a cold mirror, which is nobody's merit. */
async function warmPageCache(): Promise<void> {
  await measureProcess('mmdebstrap', mmdebstrapArguments(join(memory, 'warm.tar')), {
    environment: { TMPDIR: memory },
  });
}

function mmdebstrapArguments(target: string): readonly string[] {
  return ['--quiet', '--variant=apt', `--include=${packages.join(',')}`, 'bookworm', target];
}

async function measurePeers(): Promise<{ readonly mmdebstrapMs: number }> {
  const inMemory = { environment: { TMPDIR: memory } };
  const mmdebstrap = await measureProcess(
    'mmdebstrap',
    mmdebstrapArguments(join(memory, 'peer.tar')),
    inMemory,
  );
  peerRow('mmdebstrap to tar', mmdebstrap, mmdebstrap.wallMs);
  const folder = join(memory, 'debootstrap');
  const debootstrap = await measureProcess('debootstrap', [
    '--variant=minbase',
    `--include=${packages.join(',')}`,
    'bookworm',
    folder,
  ]);
  peerRow('debootstrap to folder', debootstrap, mmdebstrap.wallMs);
  rmSync(folder, { recursive: true, force: true });
  await measureMkosi(mmdebstrap.wallMs);
  return { mmdebstrapMs: mmdebstrap.wallMs };
}

async function measureMkosi(referenceMs: number): Promise<void> {
  const folder = join(memory, 'mkosi');
  mkdirSync(folder);
  const argv = [
    '--distribution=debian',
    '--release=bookworm',
    '--format=tar',
    '--bootable=no',
    `--package=${packages.join(',')}`,
    '--output=image',
    'build',
  ];
  const measured = await measureProcess('mkosi', argv, { directory: folder }).catch(() => undefined);
  if (measured?.exitCode === 0) {
    peerRow('mkosi to tar', measured, referenceMs);
  } else {
    const why = measured === undefined ? 'not installed' : (measured.stderr.trim().split('\n').at(-1) ?? '');
    rows.push([`mkosi: not run (${why.slice(0, 60)})`, '', '', '', '', '', '', '']);
  }
  rmSync(folder, { recursive: true, force: true });
}

function peerRow(name: string, measured: Measured, referenceMs: number): void {
  if (measured.exitCode !== 0) {
    rows.push([
      `${name}: failed`,
      measured.stderr.trim().split('\n').at(-1)?.slice(0, 60) ?? '',
      '',
      '',
      '',
      '',
      '',
      '',
    ]);
    return;
  }
  const ratio = (measured.wallMs / referenceMs).toFixed(2);
  rows.push([
    name,
    seconds(measured.wallMs),
    seconds(measured.wallMs),
    seconds(measured.cpuMs),
    '',
    '',
    '',
    ratio,
  ]);
}

async function measureSandkiln(referenceMs: number): Promise<void> {
  await reconcile('cold', referenceMs);
  await reconcile('no change', referenceMs);
  writeFileSync(join(repository, 'files/note'), 'second\n');
  commit('change a file');
  await reconcile('one file changed', referenceMs);
  writeSpec({ packages, test: 'is still there' });
  commit('change a smoke test');
  await reconcile('smoke test changed', referenceMs);
  writeSpec({ packages: [...packages, 'less'], test: 'is still there' });
  commit('add a package');
  await reconcile('one package added', referenceMs);
  // The pool is in the published store; without cached outputs everything is made again from it.
  rmSync(join(work, 'cache'), { recursive: true, force: true });
  writeFileSync(join(repository, 'files/note'), 'third\n');
  commit('change a file again');
  await reconcile('package pool warm, cache empty', referenceMs);
}

interface Finished {
  readonly type: string;
  readonly at: string;
  readonly action?: string;
  readonly result?: {
    readonly status: string;
    readonly startedAt?: string;
    readonly finishedAt?: string;
    readonly cached?: boolean;
  };
}

async function reconcile(name: string, referenceMs: number): Promise<void> {
  const argv = [program, 'reconcile', '--output', 'json'];
  const measured = await measureProcess(process.execPath, argv, {
    directory: repository,
    environment,
    keepOutput: true,
  });
  if (measured.exitCode !== 0) {
    throw new Error(
      `${name}: reconcile ended with ${measured.exitCode}\n${measured.stdout.slice(-4000)}${measured.stderr}`,
    );
  }
  const events = measured.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Finished);
  const start = events.find((event) => event.type === 'run-started')?.at;
  const disk = finishedAt(events, 'pack:qcow2');
  const toDiskMs =
    start === undefined || disk === undefined ? undefined : Date.parse(disk) - Date.parse(start);
  rows.push([
    `sandkiln, ${name}`,
    toDiskMs === undefined ? '' : seconds(toDiskMs),
    seconds(measured.wallMs),
    seconds(measured.cpuMs),
    mebibytes(measured.peakBytes),
    duration(events, 'smoke:1'),
    duration(events, 'smoke:2'),
    toDiskMs === undefined ? '' : (toDiskMs / referenceMs).toFixed(2),
  ]);
}

function finishedAt(events: readonly Finished[], stage: string): string | undefined {
  return events.find(
    (event) => event.type === 'action-finished' && event.action?.endsWith(`/${stage}`) === true,
  )?.at;
}

function duration(events: readonly Finished[], stage: string): string {
  const end = events.find(
    (event) => event.type === 'action-finished' && event.action?.endsWith(`/${stage}`) === true,
  );
  const { startedAt, finishedAt: until, cached } = end?.result ?? {};
  return startedAt === undefined || until === undefined
    ? ''
    : cached === true
      ? 'cached'
      : seconds(Date.parse(until) - Date.parse(startedAt));
}
