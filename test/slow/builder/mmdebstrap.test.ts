import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Mirror } from '../../../src/adapters/builder/builder.ts';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import type { BlobReference } from '../../../src/model/action.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import type { PackageLock } from '../../../src/model/package-lock.ts';
import { entryAt } from '../../../src/tree/entry-at.ts';
import { readText } from '../../../src/tree/read-text.ts';
import { readTree } from '../../../src/tree/read-tree.ts';
import type { Tree } from '../../../src/tree/tree.ts';
import {
  deadMirror,
  debianBuilder,
  debianRequest,
  debianStore,
  workContext,
} from '../../rig/build-debian.ts';
import { expectValue } from '../../rig/expect-result.ts';

// Ping has a file capability where libcap2-bin can set it: the part that differs most between root and namespaces.
const wanted = { variant: 'essential', packages: ['iputils-ping', 'libcap2-bin'] } as const;
const folder = mkdtempSync(join(tmpdir(), 'sandkiln-builder-'));
const cache = debianStore(join(folder, 'cache'));
const builder = debianBuilder();
let lock: PackageLock;
let base: BlobReference;

async function lockOf(
  request: Parameters<typeof debianRequest>[0],
  mirror: Mirror = {},
  more: { indexes?: PackageLock['indexes']; parentTree?: string } = {},
) {
  await using context = await workContext(cache);
  return await builder.lock({ request: debianRequest(request), mirror, ...more }, context);
}

async function bootstrap(from: PackageLock, mirror: Mirror = {}, parentTree?: string) {
  await using context = await workContext(cache);
  const request = {
    lock: from,
    spec: debianRequest(wanted),
    sourceDateEpoch: from.sourceDateEpoch,
    mirror,
  };
  return await builder.bootstrap(parentTree === undefined ? request : { ...request, parentTree }, context);
}

async function treeOf(blob: BlobReference): Promise<Tree> {
  return expectValue(await readTree(cache.pathOf(blob.digest)));
}

beforeAll(async () => {
  chmodSync(folder, 0o755);
  lock = expectValue(await lockOf(wanted));
  base = expectValue(await bootstrap(lock));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a lock', () => {
  test('names every package with its bytes, source and suite, and the dates of the signed indexes', () => {
    const ping = lock.packages.find(({ name }) => name === 'iputils-ping');
    expect(ping).toMatchObject({ source: 'iputils', architecture: 'amd64', requested: true });
    expect(ping?.poolPath).toMatch(/^pool\/main\/i\/iputils\/iputils-ping_/);
    expect(lock.packages.find(({ name }) => name === 'libc6')?.requested).toBeUndefined();
    expect(lock.indexes.map(({ suite }) => suite)).toEqual([
      'bookworm',
      'bookworm-updates',
      'bookworm-security',
    ]);
    const newest = Math.max(...lock.indexes.map(({ release }) => Date.parse(release.date))) / 1000;
    expect(lock.sourceDateEpoch).toBe(newest);
  });

  test('is the same again from the mirror, and from the pool without one', async () => {
    expect(expectValue(await lockOf(wanted))).toEqual(lock);
    expect(expectValue(await lockOf(wanted, deadMirror, { indexes: lock.indexes }))).toEqual(lock);
  });

  test('says which package is unknown and names a near one', async () => {
    const result = await lockOf({ variant: 'essential', packages: ['openssh-servr'] });
    expect(result).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'SK4002', failure: 'stalled', hint: expect.stringContaining('openssh-server') }],
    });
  });

  test('refuses names that are not package names before apt sees them', async () => {
    const result = await lockOf({ variant: 'essential', packages: ['bash;id', '-oDir=/', 'bash/sid'] });
    expect(result).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'SK4001' }, { code: 'SK4001' }, { code: 'SK4001' }],
    });
  });

  test('does not read a name as a pattern or as a removal', async () => {
    for (const name of ['libcap2-bi.', 'dash-']) {
      const result = await lockOf({ variant: 'essential', packages: [name] });
      expect(result).toMatchObject({ ok: false, diagnostics: [{ code: 'SK4002' }] });
    }
  });

  test('names the providers of what is only provided', async () => {
    const result = await lockOf({ variant: 'essential', packages: ['mail-transport-agent'] });
    expect(result).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'SK4003', hint: expect.stringContaining('exim4') }],
    });
  });

  test('shows why packages cannot be installed together', async () => {
    const result = await lockOf({ variant: 'essential', packages: ['exim4-daemon-light', 'postfix'] });
    expect(result).toMatchObject({ ok: false, diagnostics: [{ code: 'SK4004' }] });
    expect(result.ok ? '' : result.diagnostics[0]?.message).toContain('postfix');
  });

  test('calls a mirror that is out of reach a passing failure', async () => {
    const result = await lockOf(wanted, deadMirror);
    expect(result).toMatchObject({ ok: false, diagnostics: [{ code: 'SK4005', failure: 'transient' }] });
  });

  test('fetches an earlier index that the pool lost by its digest', async () => {
    const updates = lock.indexes.find(({ suite }) => suite === 'bookworm-updates');
    rmSync(cache.pathOf(updates?.packages.digest ?? digestOfBytes('')));
    await using context = await workContext(cache);
    const request = { request: debianRequest(wanted), mirror: {}, indexes: lock.indexes };
    expect(expectValue(await builder.lock(request, context))).toEqual(lock);
    expect(context.lines).toContain('index bookworm-updates/main of the earlier lock: fetched by hash');
  });

  test('says that indexes are gone which neither pool nor mirror has', async () => {
    const [first, ...rest] = lock.indexes;
    const gone = first && [
      { ...first, packages: { ...first.packages, digest: digestOfBytes('gone') } },
      ...rest,
    ];
    const result = await lockOf(wanted, {}, gone === undefined ? {} : { indexes: gone });
    expect(result).toMatchObject({ ok: false, diagnostics: [{ code: 'SK4007' }] });
  });
});

describe('a tree', () => {
  test('has the same bytes when it is built again from the pool without a mirror', async () => {
    expect(expectValue(await bootstrap(lock, deadMirror))).toEqual(base);
  });

  test('has the same bytes when an ordinary user builds it in a user namespace', {
    skip: process.getuid?.() !== 0,
  }, () => {
    const user = `sandkiln-test-${process.pid}`;
    execFileSync('useradd', ['--create-home', user]);
    try {
      const uid = Number(execFileSync('id', ['-u', user], { encoding: 'utf8' }));
      const store = join(folder, 'user-cache');
      mkdirSync(store);
      chownSync(store, uid, uid);
      const said = execFileSync(
        'setpriv',
        [
          ...['--reuid', user, '--regid', user, '--clear-groups', '--inh-caps=-all', '--reset-env', '--'],
          ...[
            process.execPath,
            join(import.meta.dirname, 'build-and-print.ts'),
            JSON.stringify(wanted),
            store,
          ],
        ],
        { encoding: 'utf8', cwd: '/' },
      );
      expect(JSON.parse(said)).toMatchObject({
        uid,
        lock: { ok: true, value: lock },
        tree: { ok: true, value: base },
      });
    } finally {
      execFileSync('userdel', ['--remove', '--force', user], { stdio: 'ignore' });
    }
  });

  test('has nothing of this host and sources that do not name the mirror', async () => {
    const tree = await treeOf(base);
    expect(entryAt(tree, 'etc/hostname')).toBeUndefined();
    expect(entryAt(tree, 'etc/resolv.conf')).toBeUndefined();
    expect(entryAt(tree, 'etc/apt/apt.conf.d/99mmdebstrap')).toBeUndefined();
    expect(readText(tree, 'etc/apt/sources.list', 1e4)).toBe(
      'deb http://deb.debian.org/debian bookworm main\n' +
        'deb http://deb.debian.org/debian bookworm-updates main\n' +
        'deb http://security.debian.org/debian-security bookworm-security main\n',
    );
    expect([...(entryAt(tree, 'usr/bin/ping')?.attributes?.keys() ?? [])]).toEqual(['security.capability']);
    expect(readText(tree, 'var/lib/apt/extended_states', 1e6)).not.toContain('Package: iputils-ping\n');
  });
});

describe('a child tree', () => {
  test('is the parent with the packages added, the same each time, without host keys and without a mirror', async () => {
    const parentTree = cache.pathOf(base.digest);
    const asked = { variant: 'none', packages: ['openssh-server'] } as const;
    const childLock = expectValue(await lockOf(asked, {}, { indexes: lock.indexes, parentTree }));
    const names = childLock.packages.map(({ name }) => name);
    expect(names).toContain('openssh-server');
    expect(names).not.toContain('bash');

    const child = expectValue(await bootstrap(childLock, deadMirror, parentTree));
    const tree = await treeOf(child);
    expect(readText(tree, 'etc/passwd', 1e5)).toContain('sshd:');
    expect(entryAt(tree, 'etc/ssh')?.type).toBe('folder');
    expect(tree.entries.filter(({ path }) => /ssh_host_.*key/.test(path))).toEqual([]);
    expect(entryAt(tree, 'usr/sbin/policy-rc.d')).toBeUndefined();
    expect([...(entryAt(tree, 'usr/bin/ping')?.attributes?.keys() ?? [])]).toEqual(['security.capability']);
    expect(readText(tree, 'var/lib/apt/extended_states', 1e6)).toContain('Package: openssh-client\n');
    expect(expectValue(await bootstrap(childLock, deadMirror, parentTree))).toEqual(child);
  });

  test('is the parent itself where nothing is added', async () => {
    const nothing = { ...lock, packages: [] };
    expect(expectValue(await bootstrap(nothing, deadMirror, cache.pathOf(base.digest)))).toEqual(base);
  });
});

test('a builder that is stopped by its time limit leaves no process and no scratch', async () => {
  const scratchFolder = join(folder, 'scratch');
  mkdirSync(scratchFolder);
  {
    await using context = await workContext(cache, { timeoutMs: 1500, scratchFolder });
    const result = await builder.bootstrap(
      { lock, spec: debianRequest(wanted), sourceDateEpoch: lock.sourceDateEpoch, mirror: deadMirror },
      context,
    );
    expect(result).toMatchObject({ ok: false, diagnostics: [{ code: 'SK3102', failure: 'timed-out' }] });
  }
  expect(readdirSync(scratchFolder)).toEqual([]);
  const listed = await createProcessRunner().run(
    { file: 'ps', arguments: ['-e', '-o', 'args='] },
    { timeoutMs: 10_000 },
  );
  expect(
    listed.stdout
      .toString('utf8')
      .split('\n')
      .filter((line) => line.includes(scratchFolder)),
  ).toEqual([]);
});
