import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createHostsOnRemote } from '../rig/hosts-on-remote.ts';
import { quickImageText } from '../rig/quick-images.ts';

const policy =
  'apiVersion: sandkiln/v1\nkind: Repository\nmetadata: {name: lab}\nspec: {catalog: {branch: sandkiln-catalog}}\n';
const changed = 'packages: [curl]';
const files = { 'specs/images/base.yaml': quickImageText('base'), 'sandkiln.yaml': policy };

test('the first reconcile makes the branch of the catalog, and every command reads it', async () => {
  const hosts = createHostsOnRemote(files);
  const one = hosts.host();
  const desired = one.git('rev-parse', 'main');
  const planned = await one.run('plan');
  expect(planned.stdout).toContain('+ SandboxImageSpec/base');
  expect(planned.stderr).toContain('SK2214');
  const verified = await one.run('verify');
  expect(verified).toMatchObject({ exitCode: 3 });
  expect(verified.stderr).toContain('SK2214');

  expect(await one.run('reconcile')).toMatchObject({ exitCode: 0 });
  expect(hosts.git('rev-parse', 'main')).toBe(desired);
  expect(hosts.git('log', '--format=%s', 'sandkiln-catalog').split('\n')).toEqual([
    'catalog: base: built 1.0.0+1',
    'catalog: begin',
  ]);
  expect(hosts.git('ls-tree', '--name-only', 'sandkiln-catalog').split('\n')).toEqual(['catalog', 'trust']);
  expect(one.git('status', '--porcelain')).toBe('');

  for (const words of [
    ['verify', '--full'],
    ['verify', '--artifacts'],
    ['rebuild', '--check', 'base'],
  ]) {
    expect(await one.run(...words), words.join(' ')).toMatchObject({ exitCode: 0 });
  }
  expect((await one.run('plan')).stdout).not.toContain('SandboxImageSpec/base');
  expect((await one.run('get')).stdout).toContain('1.0.0+1');
  expect((await one.run('history')).stdout).toContain('base built 1.0.0+1');
  expect((await one.run('status')).stdout).toContain('ready');
  expect((await one.run('logs', 'base')).stdout).toContain('base built');
  expect(await one.run('pull', 'base')).toMatchObject({ exitCode: 0 });
  expect((await one.run('reconcile')).stdout).toContain('nothing to commit');
}, 60_000);

test('a clone of the desired branch alone writes to it, and reads it once it was fetched', async () => {
  const hosts = createHostsOnRemote(files);
  expect(await hosts.host().run('reconcile')).toMatchObject({ exitCode: 0 });

  const two = hosts.host({ clone: ['--single-branch'] });
  expect(await two.run('get')).toMatchObject({ exitCode: 3 });
  two.push('next', { 'specs/images/base.yaml': quickImageText('base', changed) });
  expect((await two.run('reconcile')).stdout).toMatch(/base +built +1\.0\.0\+2/);
  expect(await two.run('verify')).toMatchObject({ exitCode: 0 });

  const detached = hosts.host();
  detached.git('checkout', '--quiet', '--detach');
  expect((await detached.run('reconcile')).stdout).toContain('nothing to commit');
}, 60_000);

test('newer trust reaches the branch of the catalog before the records that it judges', async () => {
  const hosts = createHostsOnRemote(files);
  const one = hosts.host();
  expect(await one.run('reconcile')).toMatchObject({ exitCode: 0 });
  // A second version that nobody signed: the engine must not write by it.
  writeFileSync(join(one.path, 'trust/2.json'), '{}\n');
  one.push('a forged trust', { 'specs/images/base.yaml': quickImageText('base', changed) });
  const refused = await one.run('reconcile');
  expect(refused.exitCode).toBe(6);
  expect(hosts.git('rev-list', '--count', 'sandkiln-catalog')).toBe('2');
}, 60_000);
