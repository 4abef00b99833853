import { expect, test } from 'vitest';
import { createHostsOnRemote, ended, type HostsOnRemote } from '../rig/hosts-on-remote.ts';
import { quickImageText } from '../rig/quick-images.ts';

const base = 'specs/images/base.yaml';
const web = 'specs/images/web.yaml';

/** Waits until builders have started so often. */
async function building(hosts: HostsOnRemote, builds: number): Promise<void> {
  await expect.poll(() => hosts.builds(), { timeout: 30_000 }).toBe(builds);
}

function leases(hosts: HostsOnRemote): readonly string[] {
  const text = hosts.git('for-each-ref', '--format=%(refname:lstrip=3)', 'refs/sandkiln/leases');
  return text === '' ? [] : text.split('\n');
}

test('of two reconcilers one builds; the other says who does, or waits and finds it done', async () => {
  const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
  const [one, two] = [hosts.host(), hosts.host()];
  hosts.builder.behave({ behaviour: 'hold' });
  const first = one.start('reconcile');
  const firstEnd = ended(first);
  await building(hosts, 1);
  const [id = ''] = leases(hosts);

  const skipped = await two.run('reconcile');
  expect(skipped).toMatchObject({ exitCode: 4, stdout: '' });
  expect(skipped.stderr).toMatch(
    new RegExp(
      `SK2220[\\s\\S]*base: being built by run ${id} \\(process ${first.pid} on .*, since 2[\\s\\S]*sandkiln unlock ${id}`,
    ),
  );
  expect((await two.run('unlock')).stdout).toContain(id);
  const waiting = ended(two.start('reconcile', '--lock-timeout', '5m'));
  hosts.builder.behave({ behaviour: 'work' });
  expect(await firstEnd).toMatchObject({ exitCode: 0 });
  expect(await waiting).toMatchObject({
    exitCode: 0,
    stdout: 'reconcile: 0 built, 0 failed; nothing to commit\n',
  });
  expect(hosts.builds()).toBe(1);
  expect(leases(hosts)).toEqual([]);

  one.git('pull', '--quiet');
  const run = JSON.parse(one.git('show', `HEAD:${one.git('ls-files', 'catalog/runs')}`));
  expect(run.writeBack).toEqual({ attempt: 1, waitedMs: 0, fencingToken: 1 });
}, 60_000);

test('what nobody builds is built, and the exit code says that something was left to others', async () => {
  const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
  const [one, two] = [hosts.host(), hosts.host()];
  hosts.builder.behave({ behaviour: 'hold' });
  const first = ended(one.start('reconcile'));
  await building(hosts, 1);
  two.push('web', {
    [web]: quickImageText('web'),
    'specs/images/child.yaml': quickImageText('child', 'from: base'),
  });
  const second = ended(two.start('reconcile'));
  await building(hosts, 2);
  hosts.builder.behave({ behaviour: 'work' });
  const partly = await second;
  expect(partly.exitCode).toBe(4);
  expect(partly.stdout).toMatch(/^web +built/);
  expect(partly.stderr).toContain('SK2220');
  expect(await first).toMatchObject({ exitCode: 0 });
  expect(await two.run('verify')).toMatchObject({ exitCode: 0 });
  expect(hosts.builds()).toBe(2);
}, 60_000);

test('with the lease broken both build, and one of them records', async () => {
  const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
  const [one, two] = [hosts.host(), hosts.host()];
  hosts.builder.behave({ behaviour: 'hold' });
  const first = ended(one.start('reconcile'));
  await building(hosts, 1);
  const [id = ''] = leases(hosts);
  expect(await two.run('unlock', '20261120T230000Z-00000000')).toMatchObject({ exitCode: 3 });
  expect(leases(hosts)).toEqual([id]);
  expect(await two.run('unlock', id)).toMatchObject({ exitCode: 0 });
  const second = ended(two.start('reconcile'));
  await building(hosts, 2);
  hosts.builder.behave({ behaviour: 'work' });
  const both = await Promise.all([first, second]);
  expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(both.map(({ stdout }) => (stdout.includes('superseded') ? 'superseded' : 'built')).sort()).toEqual([
    'built',
    'superseded',
  ]);
  expect(hosts.git('rev-list', '--count', 'main')).toBe('2');
  expect(leases(hosts)).toEqual([]);
  two.git('pull', '--quiet');
  expect(await two.run('verify')).toMatchObject({ exitCode: 0 });
}, 60_000);

test('the lease of a process that was killed on this machine is taken over at once', async () => {
  const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
  const [one, two] = [hosts.host(), hosts.host()];
  hosts.builder.behave({ behaviour: 'hold' });
  const first = one.start('reconcile');
  const end = ended(first);
  await building(hosts, 1);
  first.kill('SIGKILL');
  hosts.builder.behave({ behaviour: 'work' });
  await end;
  expect(leases(hosts)).toHaveLength(1);
  expect((await two.run('reconcile')).stdout).toMatch(/^base +built +1\.0\.0\+1\n/);
  expect(leases(hosts)).toEqual([]);
  two.git('pull', '--quiet');
  const run = JSON.parse(two.git('show', `HEAD:${two.git('ls-files', 'catalog/runs')}`));
  expect(run.writeBack.fencingToken).toBe(2);
}, 60_000);

test('an interrupted run gives its lease back', async () => {
  const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
  hosts.builder.behave({ behaviour: 'hang' });
  const run = hosts.host().start('reconcile');
  const end = ended(run);
  await building(hosts, 1);
  expect(leases(hosts)).toHaveLength(1);
  run.kill('SIGINT');
  expect(await end).toMatchObject({ exitCode: 8 });
  expect(leases(hosts)).toEqual([]);
}, 60_000);

test('a remote that takes no leases is told of, and gets the records all the same', async () => {
  const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
  hosts.git('config', 'transfer.hideRefs', 'refs/sandkiln');
  const refused = await hosts.host().run('reconcile');
  expect(refused).toMatchObject({ exitCode: 0 });
  expect(refused.stderr).toContain('SK2221');
  expect(hosts.git('rev-list', '--count', 'main')).toBe('2');
}, 60_000);

test('with --no-lease nothing is told', async () => {
  const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
  expect(await hosts.host().run('reconcile', '--no-lease')).toMatchObject({ exitCode: 0 });
  expect(hosts.git('for-each-ref', 'refs/sandkiln')).toBe('');
}, 60_000);
