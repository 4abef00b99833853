import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { gitTestEnvironment } from './git-repository.ts';
import { type HostsOnRemote, hostAt, hostEnvironment, type RemoteHost } from './hosts-on-remote.ts';
import { temporaryFolder } from './temporary-folder.ts';

const program = fileURLToPath(new URL('../../bin/sandkiln.js', import.meta.url));
const killer = fileURLToPath(new URL('kill-at-write.mjs', import.meta.url));

/** A host and a remote that nobody else uses. */
export interface CrashSite {
  readonly remote: string;
  readonly host: RemoteHost;
  /** Runs git in the remote. */
  git(...command: readonly string[]): string;
}

/** Another host on another copy of the same remote: all start from the same commit with the same key. */
export function createCrashSite(hosts: HostsOnRemote): CrashSite {
  const remote = join(temporaryFolder(), 'remote.git');
  hosts.git('clone', '--quiet', '--bare', '.', remote);
  return siteAt(remote, hosts.host());
}

/** The same once more, with everything that a run left there. */
export function copyOfCrashSite({ remote, host }: CrashSite): CrashSite {
  const copied = join(temporaryFolder(), 'remote.git');
  const folder = temporaryFolder();
  cpSync(remote, copied, { recursive: true });
  for (const name of ['clone', 'config']) {
    cpSync(join(host.folder, name), join(folder, name), { recursive: true, preserveTimestamps: true });
  }
  const site = siteAt(copied, hostAt(folder, join(folder, 'clone')));
  shareFolders(host, site.host, ['cache', 'data']);
  return site;
}

/** Gives one host the files of another, which nobody writes to in place, by second names. */
export function shareFolders(from: RemoteHost, to: RemoteHost, names: readonly string[]): void {
  for (const name of names.filter((each) => existsSync(join(from.folder, each)))) {
    const [source, target] = [join(from.folder, name), join(to.folder, name)];
    execFileSync('cp', ['--recursive', '--preserve=all', '--link', source, target]);
  }
}

/** Where Node has it by default: it may stay. */
const compileCache = join(tmpdir(), 'node-compile-cache');

/** Starts a reconcile that kills itself where the variables of kill-at-write.mjs say so. */
export function startReconcile(
  { host }: CrashSite,
  environment: Readonly<Record<string, string>>,
  ...words: readonly string[]
): ChildProcess {
  const temporary = join(host.folder, 'temporary');
  mkdirSync(temporary, { recursive: true });
  return spawn(process.execPath, ['--import', killer, program, 'reconcile', ...words], {
    cwd: host.path,
    env: {
      ...hostEnvironment(host.folder),
      TMPDIR: temporary,
      NODE_COMPILE_CACHE: compileCache,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function siteAt(remote: string, host: RemoteHost): CrashSite {
  host.git('remote', 'set-url', 'origin', `file://${remote}`);
  return {
    remote,
    host,
    git: (...command) =>
      execFileSync('git', command, { cwd: remote, env: gitTestEnvironment(), encoding: 'utf8' }).trim(),
  };
}

/** Everything that a catalog says, but for run ids, times, what took which way, and signatures over these. */
export function catalogOf({ git }: CrashSite): unknown {
  const paths = git('ls-tree', '-r', '--name-only', 'main', 'catalog').split('\n');
  return paths.map((path) => [withoutRuns(path), ...contentOf(path, git('show', `main:${path}`))]);
}

function contentOf(path: string, text: string): readonly unknown[] {
  if (path.startsWith('catalog/runs/')) {
    const { outcome, images } = JSON.parse(text);
    return [
      outcome,
      images.map(({ name, outcome, version, changeDigest }: never) => [name, outcome, version, changeDigest]),
    ];
  }
  if (path.endsWith('image.json')) {
    const { attestations: _, ...record } = JSON.parse(withoutRuns(text));
    return [record];
  }
  const lines = text.split('\n').map((line) => JSON.parse(line));
  return lines.map((line) => (line.payload === undefined ? line : statementOf(line.payload)));
}

/** What is signed about what: types and subjects; `sandkiln verify` judges the rest. */
function statementOf(payload: string): unknown {
  const { predicateType, subject, predicate } = JSON.parse(Buffer.from(payload, 'base64').toString());
  return predicate.counter === undefined ? [predicateType, subject] : [predicateType, predicate.counter];
}

function withoutRuns(text: string): string {
  return text.replaceAll(/\d{8}T\d{6}Z-[0-9a-f]{8}/g, 'RUN');
}

/**
 * No repository is damaged and no lock is left. Where the run died between
 * the push and its own branch, that branch is behind, as after anybody's push: `git pull` brings it.
 */
export async function expectSound({ remote, host, git }: CrashSite, point: string): Promise<void> {
  host.git('pull', '--quiet', '--ff-only');
  expect(host.git('status', '--porcelain'), point).toBe('');
  for (const run of [git, host.git]) {
    expect(run('fsck', '--strict', '--no-dangling'), point).toBe('');
  }
  expect(await host.run('verify'), point).toMatchObject({ exitCode: 0 });
  for (const folder of [remote, join(host.path, '.git')]) {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(
      names.filter((name) => /\.lock$|tmp_/.test(name) && name !== 'sandkiln/run.lock'),
      point,
    ).toEqual([]);
  }
}

/** What no run needs any more: temporary files, drafts, scratch folders. */
export function leftovers({ host }: CrashSite): readonly string[] {
  const folders = [
    'data/sandkiln/store/temporary',
    'cache/sandkiln/blobs/temporary',
    'cache/sandkiln/actions/temporary',
    'cache/sandkiln/scratch',
    'temporary',
  ];
  const state = join(host.path, '.git/sandkiln');
  return [
    ...folders.flatMap((name) => entriesOf(join(host.folder, name))),
    ...entriesOf(state).filter((path) => path.includes('.draft-')),
  ];
}

/** Leases at the remote. */
export function leasesOf({ git }: CrashSite): readonly string[] {
  return git('for-each-ref', '--format=%(refname)', 'refs/sandkiln/leases').split('\n').filter(Boolean);
}

function entriesOf(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

/** What neither a record, nor what is signed about it, nor a journal names. */
export function unnamedBlobs({ path, folder }: RemoteHost): readonly string[] {
  const files = [join(path, 'catalog'), join(path, '.git/sandkiln/journal')].flatMap(filesBelow);
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  const payloads = texts.flatMap((text) =>
    [...text.matchAll(/"payload":"([^"]+)"/g)].map(([, each = '']) => each),
  );
  const named = [...texts, ...payloads.map((payload) => Buffer.from(payload, 'base64').toString())];
  return filesBelow(join(folder, 'data/sandkiln/store/sha256'))
    .map((file) => basename(file))
    .filter((name) => !named.some((text) => text.includes(name)));
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}
