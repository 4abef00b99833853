import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { gitTestEnvironment } from '../../rig/git-repository.ts';
import { createHostsOnRemote, type HostsOnRemote, type RemoteHost } from '../../rig/hosts-on-remote.ts';
import { quickImageText } from '../../rig/quick-images.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const program = fileURLToPath(new URL('../../../bin/sandkiln.js', import.meta.url));
const killer = fileURLToPath(new URL('../../rig/kill-at-write.mjs', import.meta.url));
const timeoutMs = 900_000;

/**
 * Where a run is killed, by the kinds of writes of kill-at-write.mjs: at each write of the kind. Where two kinds alternate
 * (a file is written, then renamed), the one whose moments lie on both sides stands for both.
 */
const points = [
  ['git fetch', 'during'],
  ['git unpack-objects', 'before'],
  ['git unpack-objects', 'after'],
  ['git push', 'before'],
  ['git push', 'during'],
  ['git push', 'after'],
  ['git update-ref', 'before'],
  ['git update-index', 'before'],
  ['git read-tree', 'before'],
  ['git read-tree', 'after'],
  ['git update-ref', 'after'],
  ['journal appendFile', 'before'],
  ['journal datasync', 'after'],
  ['state writeFile', 'before'],
  ['state writeFile', 'after'],
  ['state rename', 'after'],
  ['state rm', 'before'],
  ['state rm', 'after'],
  ['store rename', 'before'],
  ['store rename', 'after'],
] as const;

interface Site {
  /** A copy of the remote, for this site alone. */
  readonly remote: string;
  readonly host: RemoteHost;
  git(...command: readonly string[]): string;
}

const createHosts = () => createHostsOnRemote({ 'specs/images/base.yaml': quickImageText('base') });

/** Another host on another copy of the same remote: all start from the same commit with the same key. */
function createSite(hosts: HostsOnRemote): Site {
  const remote = join(temporaryFolder(), 'remote.git');
  hosts.git('clone', '--quiet', '--bare', '.', remote);
  const host = hosts.host();
  host.git('remote', 'set-url', 'origin', `file://${remote}`);
  return {
    remote,
    host,
    git: (...command) =>
      execFileSync('git', command, { cwd: remote, env: gitTestEnvironment(), encoding: 'utf8' }).trim(),
  };
}

/** A reconcile with the killer in it. */
function reconcile({ host }: Site, environment: Readonly<Record<string, string>>) {
  return spawnSync(process.execPath, ['--import', killer, program, 'reconcile'], {
    cwd: host.path,
    env: {
      ...gitTestEnvironment(),
      HOME: host.folder,
      XDG_CONFIG_HOME: join(host.folder, 'config'),
      XDG_DATA_HOME: join(host.folder, 'data'),
      XDG_CACHE_HOME: join(host.folder, 'cache'),
      ...environment,
    },
    encoding: 'utf8',
  });
}

test(
  'the points that are walked over are all that there are',
  () => {
    const site = createSite(createHosts());
    const file = join(temporaryFolder(), 'writes');
    expect(reconcile(site, { WRITES_FILE: file }).status).toBe(0);
    const kinds = new Set(readFileSync(file, 'utf8').split('\n').slice(0, -1));
    // These come right before or after one that is walked over, or belong to caches, which may be lost at any time.
    const neighbours = [
      'actions rename',
      'actions writeFile',
      'cache link',
      'cache rename',
      'cache rm',
      'store rm',
      'store sync',
    ];
    const scratch = [...kinds].filter((kind) => kind.startsWith('scratch '));
    expect([...kinds].toSorted()).toEqual(
      [...new Set([...points.map(([kind]) => kind), ...neighbours, ...scratch])].toSorted(),
    );
  },
  timeoutMs,
);

test.each(points)(
  'whichever %s a run is killed %s, the next one ends as if nothing had been',
  async (kind, moment) => {
    const hosts = createHosts();
    const undisturbed = createSite(hosts);
    expect(await undisturbed.host.run('reconcile')).toMatchObject({ exitCode: 0 });
    const expected = catalogOf(undisturbed);
    const unnamed = unnamedBlobs(undisturbed.host);
    for (let number = 1; ; number += 1) {
      const site = createSite(hosts);
      const killed = reconcile(site, { KILL_WRITE: kind, KILL_NUMBER: String(number), KILL_MOMENT: moment });
      if (killed.status === 0) {
        expect(number, 'no run was killed').toBeGreaterThan(1);
        return;
      }
      expect(killed.signal, killed.stderr).toBe('SIGKILL');
      const next = await site.host.run('reconcile');
      const point = `${kind} ${number} ${moment}: ${next.stderr}`;
      expect(next.exitCode, point).toBe(0);
      expect(catalogOf(site), point).toEqual(expected);
      expect(site.git('rev-list', '--count', 'main'), point).toBe('2');
      await expectSound(site, point);
      expect(unnamedBlobs(site.host), point).toEqual(unnamed);
    }
  },
  timeoutMs,
);

/** Everything that a catalog says, but for run ids, times, what took which way, and signatures over these. */
function catalogOf({ git }: Site): unknown {
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
  return path.endsWith('state.json') ? lines : lines.map(({ payload }) => statementOf(payload));
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
async function expectSound({ remote, host, git }: Site, point: string): Promise<void> {
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

/** What neither a record, nor what is signed about it, nor a journal names. */
function unnamedBlobs({ path, folder }: RemoteHost): readonly string[] {
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
