import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { GitRepositoryOptions } from '../../rig/git-repository.ts';
import { createHostsOnRemote, type HostsOnRemote, type RemoteHost } from '../../rig/hosts-on-remote.ts';
import { quickImageText } from '../../rig/quick-images.ts';
import { canMount, fill, mountSmall, remount } from '../../rig/small-file-system.ts';

const base = 'specs/images/base.yaml';
const changed = { [base]: quickImageText('base', 'packages: [curl]') };

function createHosts(options: GitRepositoryOptions = {}): HostsOnRemote {
  return createHostsOnRemote({ [base]: quickImageText('base') }, options);
}

async function expectRecorded(hosts: HostsOnRemote, host: RemoteHost, version = '1.0.0+1'): Promise<void> {
  const done = await host.run('reconcile');
  expect(done.exitCode, done.stderr).toBe(0);
  expect(done.stdout).toMatch(new RegExp(`^base +built +${version.replaceAll(/[.+]/g, '\\$&')}\n`));
  expect(await hosts.host().run('verify', '--full')).toMatchObject({ exitCode: 0 });
  hosts.git('fsck', '--strict');
}

/** What only reads works, in a repository with the image `base`. */
async function expectReadable(run: RemoteHost['run']): Promise<void> {
  for (const command of [
    'doctor',
    'validate',
    'plan',
    'status',
    'get',
    'get base',
    'history',
    'history base',
    'logs base',
    'explain base',
    'graph',
    'verify --artifacts',
    'keys list',
    'pull base',
  ]) {
    const { exitCode, stderr } = await run(...command.split(' '));
    expect(exitCode, `${command}: ${stderr}`).toBe(0);
  }
}

test.skipIf(!canMount)('a clone on a full disk ends the run, and is whole once there is room', async () => {
  const hosts = createHosts();
  const host = hosts.host();
  mountSmall(host.path);
  const filler = fill(host.path);
  const refused = await host.run('reconcile');
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stderr).toMatch(/no space left on device/i);
  expect(hosts.git('rev-list', '--count', 'main')).toBe('1');
  rmSync(filler);
  await expectRecorded(hosts, host);
  host.git('fsck', '--strict');
});

test.skipIf(!canMount)(
  'a remote on a full disk is named, and gets the kept builds once there is room',
  async () => {
    const hosts = createHosts();
    const host = hosts.host();
    mountSmall(hosts.remote);
    const filler = fill(hosts.remote);
    const refused = await host.run('reconcile');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/error SK2109 .*no space left on device/i);
    rmSync(filler);
    await expectRecorded(hosts, host);
    expect(hosts.builds()).toBe(1);
  },
);

test.skipIf(!canMount)('a clone that may only be read can be planned and not reconciled', async () => {
  const hosts = createHosts();
  const host = hosts.host();
  mountSmall(host.path);
  remount(host.path, 'ro');
  expect((await host.run('plan')).stdout).toContain('+ SandboxImageSpec/base: create');
  const refused = await host.run('reconcile');
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/error SK\d{4} .*\.git\/sandkiln/);
  expect(hosts.builds()).toBe(0);
  remount(host.path, 'rw');
  await expectRecorded(hosts, host);
});

test.skipIf(!canMount)(
  'a remote that may only be read is named, and nothing that was built is lost',
  async () => {
    const hosts = createHosts();
    const host = hosts.host();
    mountSmall(hosts.remote);
    remount(hosts.remote, 'ro');
    const refused = await host.run('reconcile');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('error SK2108 pushing to origin failed, permission is missing');
    remount(hosts.remote, 'rw');
    await expectRecorded(hosts, host);
    expect(hosts.builds()).toBe(1);
  },
);

test('after a force-push that dropped the catalog, the next run works on what is there', async () => {
  const hosts = createHosts();
  const [one, two] = [hosts.host(), hosts.host()];
  expect(await one.run('reconcile')).toMatchObject({ exitCode: 0 });
  two.git('commit', '--quiet', '--amend', '-m', 'first, again');
  two.git('push', '--quiet', '--force', 'origin', 'main');

  const refused = await one.run('reconcile');
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toMatch(/error SK2210 the desired commit \w+ is not part of origin\/main/);
  one.git('reset', '--quiet', '--hard', 'origin/main');
  await expectRecorded(hosts, one);
  expect(hosts.builds()).toBe(1);
});

test('a shallow clone reconciles, and says that it cannot judge the history', async () => {
  const hosts = createHosts();
  const first = hosts.host();
  expect(await first.run('reconcile')).toMatchObject({ exitCode: 0 });
  first.push('next', changed);
  const host = hosts.host({ clone: ['--depth=1'] });
  await expectRecorded(hosts, host, '1.0.0+2');
  const judged = await host.run('verify');
  expect(judged.exitCode).toBe(6);
  expect(judged.stderr).toMatch(/^error SK8044 .* shallow clone\n/);
  expect(judged.stderr).toMatch(/\n1 error, 1 warning\n$/);
  host.git('fetch', '--quiet', '--unshallow');
  expect(await host.run('verify')).toMatchObject({ exitCode: 0 });
});

test('where the catalog is whole and the specs are cut off, the clone does not pass as sound', async () => {
  const branch = 'sandkiln-catalog';
  const policy = `apiVersion: sandkiln/v1\nkind: Repository\nmetadata: {name: lab}\nspec: {catalog: {branch: ${branch}}}\n`;
  const hosts = createHostsOnRemote({ [base]: quickImageText('base'), 'sandkiln.yaml': policy });
  const first = hosts.host();
  expect(await first.run('reconcile')).toMatchObject({ exitCode: 0 });
  for (const name of ['one', 'two', 'three']) {
    first.push(name, { [`notes/${name}`]: name });
  }
  const host = hosts.host({ clone: ['--depth=2', '--no-single-branch'] });
  expect(host.git('rev-list', '--count', `origin/${branch}`)).toBe('2');
  const judged = await host.run('verify');
  expect(judged.exitCode).toBe(6);
  expect(judged.stderr).toMatch(/^error SK8044 .* shallow clone\n/);
  expect(judged.stderr).toMatch(/\n1 error, 1 warning\n$/);
  host.git('fetch', '--quiet', '--unshallow');
  expect(await host.run('verify')).toMatchObject({ exitCode: 0 });
});

test('a clone without old blobs reconciles', async () => {
  const hosts = createHosts();
  hosts.git('config', 'uploadpack.allowFilter', 'true');
  const first = hosts.host();
  expect(await first.run('reconcile')).toMatchObject({ exitCode: 0 });
  first.push('next', changed);
  await expectRecorded(hosts, hosts.host({ clone: ['--filter=blob:none'] }), '1.0.0+2');
});

test.each(['blob:none', 'tree:0'])(
  'a clone with --filter=%s reads, says what it cannot judge, and judges after the fetch that the hint names',
  async (filter) => {
    const hosts = createHosts();
    hosts.git('config', 'uploadpack.allowFilter', 'true');
    const first = hosts.host();
    expect(await first.run('reconcile')).toMatchObject({ exitCode: 0 });
    first.push('next', changed);
    expect(await first.run('reconcile')).toMatchObject({ exitCode: 0 });
    const host = hosts.host({ clone: [`--filter=${filter}`] });
    const away = `${hosts.remote}.away`;
    for (const isReachable of [true, false]) {
      if (!isReachable) {
        renameSync(hosts.remote, away);
      }
      for (const command of ['plan', 'status', 'get', 'history']) {
        expect(await host.run(command), command).toMatchObject({ exitCode: 0 });
      }
      const judged = await host.run('verify');
      expect(judged.exitCode).toBe(6);
      expect(judged.stderr).toMatch(/^error SK8044 .* partial clone/);
      expect(judged.stderr).toMatch(/\n1 error, 1 warning\n$/);
    }
    renameSync(away, hosts.remote);
    host.git('fetch', '--quiet', '--refetch', '--no-filter');
    expect(await host.run('verify')).toMatchObject({ exitCode: 0 });
  },
);

test('in a work tree beside the clone, that work tree alone comes along', async () => {
  const hosts = createHosts();
  const host = hosts.host();
  host.git('checkout', '--quiet', '--detach');
  const tree = join(host.folder, 'tree');
  host.git('worktree', 'add', '--quiet', tree, 'main');
  expect(await host.run('-C', tree, 'reconcile')).toMatchObject({ exitCode: 0 });
  expect(await host.run('-C', tree, 'verify')).toMatchObject({ exitCode: 0 });
  expect(host.git('-C', tree, 'rev-parse', 'HEAD')).toBe(hosts.git('rev-parse', 'main'));
  expect(host.git('rev-parse', 'HEAD')).toBe(hosts.git('rev-parse', 'main~'));
  for (const folder of [host.path, tree]) {
    expect(host.git('-C', folder, 'status', '--porcelain')).toBe('');
  }
  await expectReadable((...words) => host.run('-C', tree, ...words));
  expect(await host.run('-C', tree, 'keys', 'rotate')).toMatchObject({ exitCode: 0 });
  expect(host.git('-C', tree, 'status', '--porcelain', 'trust')).toBe('?? trust/2.json');
});

test('a repository in the sha256 format works as any other', async () => {
  const hosts = createHosts({ objectFormat: 'sha256' });
  const host = hosts.host();
  await expectRecorded(hosts, host);
  await expectReadable(host.run);
  expect(await host.run('keys', 'rotate')).toMatchObject({ exitCode: 0 });
  host.push('next', changed);
  await expectRecorded(hosts, host, '1.0.0+2');
  expect(hosts.git('rev-parse', 'main')).toHaveLength(64);
  hosts.git('config', 'uploadpack.allowFilter', 'true');
  for (const option of ['--depth=1', '--filter=blob:none']) {
    const { exitCode, stderr } = await hosts.host({ clone: [option] }).run('verify');
    expect([exitCode, stderr]).toEqual([
      6,
      expect.stringMatching(/^error SK8044 [\s\S]*\n1 error, 1 warning\n$/),
    ]);
  }
});
