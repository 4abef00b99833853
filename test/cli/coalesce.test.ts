import { expect, test } from 'vitest';
import { createHostsOnRemote } from '../rig/hosts-on-remote.ts';
import { quickImageText } from '../rig/quick-images.ts';

const base = 'specs/images/base.yaml';

test('a reconcile that coalesces takes the newest commit of the remote, not the one checked out', async () => {
  const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
  const one = hosts.host();
  const newest = hosts
    .host()
    .push('web', { 'specs/images/web.yaml': quickImageText('web', 'packages: [curl]') });
  const ended = await one.run('reconcile', '--coalesce', '1s');
  expect(ended).toMatchObject({ exitCode: 0 });
  expect(ended.stdout).toMatch(/^base +built +1\.0\.0\+1\nweb +built +1\.0\.0\+1\n/);
  expect(hosts.git('rev-parse', 'main^')).toBe(newest);
}, 60_000);

test('it is refused with a revision, on no branch, and without a time', async () => {
  const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
  const one = hosts.host();
  for (const words of [
    ['--coalesce', '10'],
    ['--coalesce', '1s', '--ref', 'HEAD'],
  ]) {
    const refused = await one.run('reconcile', ...words);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('SK9023');
  }
  one.git('checkout', '--quiet', '--detach');
  expect((await one.run('reconcile', '--coalesce', '1s')).stderr).toContain('HEAD is detached');
}, 60_000);
