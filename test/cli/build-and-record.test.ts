import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createHostsOnRemote, type RemoteHost } from '../rig/hosts-on-remote.ts';
import { quickImageText } from '../rig/quick-images.ts';

const base = 'specs/images/base.yaml';
const web = 'specs/images/web.yaml';
const motd = (text: string) => `files: [{path: /etc/motd, content: "${text}\\n"}]`;
const files = { [base]: quickImageText('base'), [web]: quickImageText('web') };

async function buildAt(host: RemoteHost, ...words: readonly string[]): Promise<string> {
  const out = join(host.folder, 'results');
  expect(await host.run('build', '--out', out, ...words)).toMatchObject({ exitCode: 0 });
  return out;
}

test('a build without key and without a remote that may be written is recorded on another host', async () => {
  const hosts = createHostsOnRemote(files);
  const builder = hosts.host({ keyless: true });
  builder.git('remote', 'set-url', '--push', 'origin', '/nonexistent');
  const before = [hosts.git('for-each-ref'), builder.git('for-each-ref')];
  const out = await buildAt(builder, '--with-blobs');
  expect([hosts.git('for-each-ref'), builder.git('for-each-ref')]).toEqual(before);

  const recorder = hosts.host();
  const recorded = await recorder.run('record', out);
  expect(recorded).toMatchObject({ exitCode: 0, stderr: '' });
  expect(recorded.stdout).toMatch(/base +built +1\.0\.0\+1\nweb +built +1\.0\.0\+1\n/);
  expect(await recorder.run('verify', '--artifacts')).toMatchObject({ exitCode: 0 });
  expect(await recorder.run('rebuild', '--check', 'base')).toMatchObject({ exitCode: 0 });
  expect((await recorder.run('record', out)).stdout).toContain('2 superseded; nothing to commit');
  expect(hosts.git('rev-list', '--count', 'main')).toBe('2');
}, 60_000);

test('results without their blobs, or with other bytes, are not recorded', async () => {
  const hosts = createHostsOnRemote(files);
  const out = await buildAt(hosts.host({ keyless: true }), '--with-blobs');
  const blobs = join(out, 'blobs/sha256');
  const [folder = ''] = readdirSync(blobs);
  const [name = ''] = readdirSync(join(blobs, folder));
  const bytes = readFileSync(join(blobs, folder, name));
  rmSync(join(blobs, folder, name));
  writeFileSync(join(blobs, folder, name), `${bytes}x`);
  const changed = await hosts.host().run('record', out);
  expect(changed.exitCode).not.toBe(0);
  expect(changed.stderr).toContain('SK70');
  rmSync(join(out, 'blobs'), { recursive: true });
  const missing = await hosts.host().run('record', out);
  expect(missing.exitCode).not.toBe(0);
  expect(missing.stderr).toContain('SK70');
  expect(hosts.git('rev-list', '--count', 'main')).toBe('1');
}, 60_000);

test('a result for another spec than the commit has is not believed', async () => {
  const hosts = createHostsOnRemote(files);
  const out = await buildAt(hosts.host({ keyless: true }), '--with-blobs');
  const file = join(out, 'result.json');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('"rootfs"', '"squashfs"'));
  expect(text).not.toBe(readFileSync(file, 'utf8'));
  const refused = await hosts.host().run('record', out);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain('SK3208');
  expect(hosts.git('rev-list', '--count', 'main')).toBe('1');
}, 60_000);

test('a build that failed is recorded as such, and not tried again', async () => {
  const missing = 'smokeTests: [{name: is there, file: {path: /nowhere}}]';
  const hosts = createHostsOnRemote({ [base]: quickImageText('base', missing) });
  const builder = hosts.host({ keyless: true });
  const out = join(builder.folder, 'results');
  expect(await builder.run('build', '--out', out, '--with-blobs')).toMatchObject({ exitCode: 1 });
  const recorder = hosts.host();
  const recorded = await recorder.run('record', out);
  expect(recorded.stdout, recorded.stderr).toMatch(/base +failed/);
  expect(recorded.exitCode).toBe(1);
  expect((await recorder.run('reconcile')).stdout).toContain('1 stalled');
  expect(await recorder.run('verify', '--artifacts')).toMatchObject({ exitCode: 0 });
}, 60_000);

test('of results, those whose spec moved on are superseded, and the others are kept', async () => {
  const hosts = createHostsOnRemote(files);
  const builder = hosts.host({ keyless: true });
  const out = await buildAt(builder, '--with-blobs');
  const author = hosts.host();
  author.push('another web', { [web]: quickImageText('web', motd('new')), 'README.md': 'more\n' });

  const recorder = hosts.host();
  const recorded = await recorder.run('record', out);
  expect(recorded).toMatchObject({ exitCode: 0 });
  expect(recorded.stdout).toMatch(/base +built +1\.0\.0\+1\nweb +superseded +-\n/);
  expect(await recorder.run('verify')).toMatchObject({ exitCode: 0 });
  const builds = hosts.builds();
  expect((await recorder.run('reconcile')).stdout).toMatch(/^web +built +1\.0\.0\+1\n/);
  expect(hosts.builds()).toBe(builds + 1);
  expect(await recorder.run('verify')).toMatchObject({ exitCode: 0 });
}, 60_000);

test('a child is superseded where somebody recorded another parent meanwhile', async () => {
  const child = quickImageText('child', 'from: base');
  const hosts = createHostsOnRemote({ [base]: quickImageText('base') });
  const first = hosts.host();
  expect(await first.run('reconcile')).toMatchObject({ exitCode: 0 });
  first.push('a child', { 'specs/images/child.yaml': child });
  const builder = hosts.host({ keyless: true });
  // The parent is built anew there, as its bytes are in no store of that host.
  const seeded = join(first.folder, 'results');
  expect(await first.run('build', '--out', seeded, '--with-blobs')).toMatchObject({ exitCode: 0 });
  builder.push('another base', { [base]: quickImageText('base', motd('new')) });
  expect((await hosts.host().run('reconcile', '--target', 'base')).stdout).toMatch(/base +built +1\.0\.0\+2/);

  const recorded = await hosts.host().run('record', seeded);
  expect(recorded).toMatchObject({ exitCode: 0 });
  expect(recorded.stdout).toContain('1 superseded; nothing to commit');
  expect(await hosts.host().run('verify')).toMatchObject({ exitCode: 0 });
}, 60_000);
