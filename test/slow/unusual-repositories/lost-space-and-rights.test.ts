import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { gitTestEnvironment } from '../../rig/git-repository.ts';
import {
  createHostsOnRemote,
  ended,
  type HostsOnRemote,
  type ProgramEnd,
  type RemoteHost,
} from '../../rig/hosts-on-remote.ts';
import { quickImageText } from '../../rig/quick-images.ts';
import { canMount, fill, mountSmall, remount } from '../../rig/small-file-system.ts';

const program = fileURLToPath(new URL('../../../bin/sandkiln.js', import.meta.url));
const base = 'specs/images/base.yaml';
/** Without a home, groups or rights of its own. */
const plainUser = 65_534;

/** Refuses writes to a folder in one of the ways that the world has; gives what takes it back. */
function spoil(folder: string, how: 'full' | 'read-only'): () => void {
  mountSmall(folder);
  if (how === 'read-only') {
    remount(folder, 'ro');
    return () => remount(folder, 'rw');
  }
  const filler = fill(folder);
  return () => rmSync(filler);
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'filler')
    .map((entry) => entry.name);
}

async function expectWhole(host: RemoteHost): Promise<void> {
  const done = await host.run('reconcile');
  expect(done.exitCode, done.stderr).toBe(0);
  expect(await host.run('verify', '--artifacts', '--full')).toMatchObject({ exitCode: 0 });
}

test.skipIf(!canMount).each([
  ['the store', 'data/sandkiln/store', 'full', 'SK7005'],
  ['the store', 'data/sandkiln/store', 'read-only', 'SK7006'],
  ['the cache', 'cache/sandkiln', 'full', 'SK7005'],
  ['the cache', 'cache/sandkiln', 'read-only', 'SK7006'],
] as const)(
  'with %s (%s) %s, the folder is named, no image is recorded, and the next run is whole',
  async (...row) => {
    const [, part, how, code] = row;
    const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
    const host = hosts.host();
    const folder = join(host.folder, part);
    const mend = spoil(folder, how);
    expect(await host.run('plan')).toMatchObject({ exitCode: 0 });
    const refused = await host.run('reconcile');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(new RegExp(`error ${code} .*${folder}`));
    expect(refused.stderr).toMatch(/hint: (free space there|look at owner, mode and mount)/);
    expect(filesIn(folder)).toEqual([]);
    expect((await host.run('get')).stdout).not.toContain('1.0.0+1');
    mend();
    await expectWhole(host);
  },
);

test.skipIf(!canMount)(
  'a pull for which there is no room leaves nothing, and works once there is',
  async () => {
    const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
    const host = hosts.host();
    expect(await host.run('reconcile')).toMatchObject({ exitCode: 0 });
    const out = join(host.folder, 'out');
    mountSmall(out);
    // Room for the first files and not for the last.
    for (const leftBytes of [0, 8192, 16_384, 24_576]) {
      const filler = fill(out, leftBytes);
      const refused = await host.run('pull', 'base', '--attestations', '-o', out);
      expect(refused.exitCode, refused.stdout).toBe(1);
      expect(refused.stderr).toMatch(new RegExp(`error SK(7005|9026) .*${out}/`));
      expect(refused.stderr).toMatch(/hint: .*(space|room)/);
      expect(filesIn(out)).toEqual([]);
      rmSync(filler);
    }
    remount(out, 'ro');
    const refused = await host.run('pull', 'base', '-o', join(out, 'new'));
    expect(refused.stderr).toMatch(new RegExp(`error SK9026 the folder ${out}/new cannot be made: EROFS`));
    remount(out, 'rw');
    expect(await host.run('pull', 'base', '--attestations', '-o', out)).toMatchObject({ exitCode: 0 });
  },
);

test.skipIf(!canMount)('keys and trust that there is no room for are not half there', async () => {
  const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
  const host = hosts.host();
  const keys = join(host.folder, 'config/sandkiln/keys');
  mountSmall(keys);
  const before = readFileSync(join(keys, 'builder.pem'), 'utf8');
  const filler = fill(keys);
  const noKey = await host.run('keys', 'rotate');
  expect(noKey.stderr).toMatch(/error SK8004 .*builder\.pem\.next: ENOSPC\n {2}hint: .*room/);
  expect(filesIn(keys).toSorted()).toEqual(['builder.pem', 'root.pem']);
  rmSync(filler);

  const trust = join(host.path, 'trust');
  mountSmall(trust);
  const full = fill(trust);
  const noTrust = await host.run('keys', 'rotate');
  expect(noTrust.stderr).toMatch(
    /error SK9026 .*trust\/2\.json cannot be written: ENOSPC.*\n {2}hint: .*room/,
  );
  expect(filesIn(trust)).toEqual(['1.json']);
  expect(readFileSync(join(keys, 'builder.pem'), 'utf8')).toBe(before);
  rmSync(full);

  expect(await host.run('keys', 'rotate')).toMatchObject({ exitCode: 0 });
  expect(filesIn(trust).toSorted()).toEqual(['1.json', '2.json']);
  host.push('rotate', {});
  await expectWhole(host);
});

test.skipIf(!canMount)(
  'init where there is no room leaves no half file, and goes on once there is',
  async () => {
    const hosts = createHostsOnRemote({});
    const host = hosts.host();
    const folder = join(host.folder, 'new');
    mountSmall(folder);
    execFileSync('git', ['init', '--quiet', folder], { env: gitTestEnvironment() });
    const filler = fill(folder);
    const refused = await host.run('-C', folder, 'init');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/error SK9026 .*sandkiln\.yaml cannot be written: ENOSPC/);
    expect(existsSync(join(folder, 'sandkiln.yaml'))).toBe(false);
    rmSync(filler);
    expect((await host.run('-C', folder, 'init')).stdout).toMatch(/wrote +sandkiln\.yaml/);
  },
);

/** A host whose files, remote and builder belong to a user without rights. */
function plainHost(hosts: HostsOnRemote) {
  const host = hosts.host();
  const control = /"([^"]*control\.json)"/.exec(
    readFileSync(join(host.folder, 'config/sandkiln/host.yaml'), 'utf8'),
  )?.[1];
  for (const part of ['data', 'cache']) {
    mkdirSync(join(host.folder, part));
  }
  const own = (user: number, ...paths: readonly string[]) =>
    void execFileSync('chown', ['-R', `${user}:${user}`, ...paths]);
  const mend = () => own(plainUser, host.folder, dirname(hosts.remote), dirname(control ?? ''));
  mend();
  const run = (...words: readonly string[]): Promise<ProgramEnd> =>
    ended(
      spawn(process.execPath, [program, ...words], {
        cwd: host.path,
        uid: plainUser,
        gid: plainUser,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...gitTestEnvironment(),
          HOME: host.folder,
          XDG_CONFIG_HOME: join(host.folder, 'config'),
          XDG_DATA_HOME: join(host.folder, 'data'),
          XDG_CACHE_HOME: join(host.folder, 'cache'),
        },
      }),
    );
  return { ...host, run, mend, take: (path: string) => own(0, path) };
}

test.skipIf(!canMount).each([
  ['the objects of the clone', 'clone/.git/objects', ['reconcile'], /error SK\d{4} .*\.git\/objects/],
  ['the journal', 'clone/.git/sandkiln', ['reconcile'], /error SK\d{4} .*\.git\/sandkiln/],
  [
    'the keys',
    'config/sandkiln/keys',
    ['reconcile'],
    /error SK8003 .*builder\.pem cannot be read: EACCES\n.*owner and mode/,
  ],
  ['the store', 'data', ['reconcile'], /error SK7006 .*data\/sandkiln\/store.*\n +hint: look at owner, mode/],
  ['the cache', 'cache', ['reconcile'], /error SK\d{4} .*cache\/sandkiln.*\n +hint: look at owner, mode/],
  [
    'the trust',
    'clone/trust',
    ['keys', 'rotate'],
    /error SK9026 .*trust\/2\.json.*EACCES.*\n +hint: see who may write/,
  ],
] as const)(
  'a user who may no longer write to %s is told, and loses nothing',
  async (_, path, words, says) => {
    const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
    const host = plainHost(hosts);
    mkdirSync(join(host.path, '.git/sandkiln'), { recursive: true });
    host.mend();
    host.take(join(host.folder, path));
    const refused = await host.run(...words);
    expect(refused.exitCode, refused.stdout).not.toBe(0);
    expect(refused.stderr).toMatch(says);
    expect(refused.stderr).not.toMatch(/\n {4}at /);
    expect(existsSync(join(host.path, 'trust/2.json'))).toBe(false);
    host.mend();
    await expectWhole(host);
  },
);

test.skipIf(!canMount)('a configuration of root is one that a user may rely on', async () => {
  const host = plainHost(createHostsOnRemote({ [base]: quickImageText('base') }));
  host.take(join(host.folder, 'config/sandkiln/host.yaml'));
  expect(await host.run('plan')).toMatchObject({ exitCode: 0 });
});

test.skipIf(!canMount)(
  'a remote that the user may no longer write to is named, and gets the kept builds',
  async () => {
    const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
    const host = plainHost(hosts);
    execFileSync('chmod', ['-R', 'a-w', hosts.remote]);
    const refused = await host.run('reconcile');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toMatch(/error SK2108 pushing to origin failed, permission is missing/);
    execFileSync('chmod', ['-R', 'u+w', hosts.remote]);
    await expectWhole(host);
    expect(hosts.builds()).toBe(1);
  },
);
