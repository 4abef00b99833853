import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createHostsOnRemote } from '../rig/hosts-on-remote.ts';
import { quickImageText } from '../rig/quick-images.ts';

const base = 'specs/images/base.yaml';
const web = 'specs/images/web.yaml';
const motd = (text: string) => `files: [{path: /etc/motd, content: "${text}\\n"}]`;
const proposal = 'sandkiln/records';

test('records are proposed once, carried on while the proposal is open, and verify after the merge', async () => {
  const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
  const one = hosts.host();
  const main = hosts.git('rev-parse', 'main');
  const body = join(one.folder, 'body.md');
  const first = await one.run('reconcile', '--pull-request', '--pull-request-body', body);
  expect(first).toMatchObject({ exitCode: 0 });
  expect(first.stdout).toContain('pull request: sandkiln/records → main is pushed');
  expect(readFileSync(body, 'utf8')).toMatch(
    /^catalog: base 1\.0\.0\+1\n\n[\s\S]*\| base \| - \| 1\.0\.0\+1 \|/,
  );
  expect(hosts.git('rev-parse', 'main')).toBe(main);
  expect(hosts.git('rev-parse', `${proposal}^`)).toBe(main);
  expect(hosts.builds()).toBe(1);

  // Unmerged: nothing is built again, and nothing moves, on any host.
  const open = hosts.git('rev-parse', proposal);
  for (const host of [one, hosts.host()]) {
    const again = await host.run('reconcile', '--pull-request');
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.stdout).toContain('is as it was');
  }
  expect(hosts.git('rev-parse', proposal)).toBe(open);
  expect(hosts.builds()).toBe(1);

  // A second image: one commit on the newer base, holding both.
  const second = one.push('web', {
    [web]: quickImageText('web', 'packages: [curl]'),
    'README.md': 'read me\n',
  });
  const more = await one.run('reconcile', '--pull-request', '--output', 'json');
  expect(more).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(more.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
    pullRequest: { base: 'main', branch: proposal, title: 'catalog: 2 images' },
  });
  expect(hosts.builds()).toBe(2);
  expect(hosts.git('rev-parse', `${proposal}^`)).toBe(second);

  // A forge merges it beside other commits.
  const forge = hosts.host();
  forge.push('more words', { 'README.md': 'read me twice\n' });
  forge.git('merge', '--quiet', '--no-ff', '-m', 'Merge the records', `origin/${proposal}`);
  forge.git('push', '--quiet', 'origin', 'main');
  const reader = hosts.host();
  expect(await reader.run('verify')).toMatchObject({ exitCode: 0 });
  expect((await reader.run('get')).stdout).toMatch(/base +1\.0\.0\+1[\s\S]*web +1\.0\.0\+1/);
  const done = await reader.run('reconcile', '--pull-request');
  expect(done.stdout).toBe('reconcile: 0 built, 0 failed; nothing to commit\n');
  expect(hosts.builds()).toBe(2);
}, 120_000);

test('a proposal that nobody wants any more is removed', async () => {
  const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
  const one = hosts.host();
  expect(await one.run('reconcile')).toMatchObject({ exitCode: 0 });
  one.push('a change', { [base]: quickImageText('base', motd('new')) });
  expect(await one.run('reconcile', '--pull-request', '--pull-request-branch', 'my/records')).toMatchObject({
    exitCode: 0,
  });
  expect(hosts.git('for-each-ref', '--format=%(refname:short)', 'refs/heads/my')).toBe('my/records');
  one.push('take it back', { [base]: quickImageText('base') });
  const withdrawn = await one.run('reconcile', '--pull-request', '--pull-request-branch', 'my/records');
  expect(withdrawn).toMatchObject({ exitCode: 0 });
  expect(withdrawn.stderr).toContain('nothing is left to propose');
  expect(hosts.git('for-each-ref', 'refs/heads/my')).toBe('');
  expect(await one.run('verify')).toMatchObject({ exitCode: 0 });
}, 60_000);

test('a proposal that the base left behind is made anew on top of it', async () => {
  const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
  const one = hosts.host();
  expect(await one.run('reconcile', '--pull-request')).toMatchObject({ exitCode: 0 });
  one.push('web', { [web]: quickImageText('web', 'packages: [curl]') });
  const direct = hosts.host();
  expect((await direct.run('reconcile', '--target', 'web')).stdout).toMatch(/web +built/);
  one.git('pull', '--quiet');
  const again = await one.run('reconcile', '--pull-request');
  expect(again.stdout).toMatch(/^base +built +1\.0\.0\+1\n/);
  expect(hosts.git('rev-parse', `${proposal}^`)).toBe(hosts.git('rev-parse', 'main'));
  // The host that had built it found it in its cache.
  expect(hosts.builds()).toBe(2);
}, 60_000);

test('two jobs propose as one does', async () => {
  const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
  const one = hosts.host();
  const out = join(one.folder, 'results');
  expect(await one.run('build', '--pull-request', '--out', out)).toMatchObject({ exitCode: 0 });
  expect(await one.run('record', '--pull-request', out)).toMatchObject({ exitCode: 0 });
  expect(hosts.git('log', '-1', '--format=%s', proposal)).toBe('catalog: base: built 1.0.0+1');
  expect(await one.run('build', '--pull-request', '--out', `${out}-2`)).toMatchObject({ exitCode: 0 });
  expect(hosts.builds()).toBe(1);
}, 60_000);

test('a pull request needs a remote and a branch of its own', async () => {
  const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
  const one = hosts.host();
  const local = await one.run('reconcile', '--pull-request', '--no-remote');
  expect(local.exitCode).toBe(3);
  expect(local.stderr).toContain('SK2217');
  expect((await one.run('reconcile', '--pull-request', '--pull-request-branch', 'main')).stderr).toContain(
    'SK9023',
  );
}, 60_000);
