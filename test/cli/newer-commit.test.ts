import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createHostsOnRemote, ended } from '../rig/hosts-on-remote.ts';
import { leftBehind } from '../rig/left-behind.ts';
import { createQuickProgram, type QuickProgram, quickImageText } from '../rig/quick-images.ts';

const base = 'specs/images/base.yaml';
const web = 'specs/images/web.yaml';
const child = 'specs/images/child.yaml';
// The newer form differs in what the builder is asked for.
const newer = quickImageText('web', 'packages: [curl]');
const files = {
  [base]: quickImageText('base'),
  [web]: quickImageText('web'),
  [child]: quickImageText('child', 'from: web'),
};
const watch = ['--jobs', '4', '--look-every', '1s'];

type Builder = Pick<QuickProgram, 'asked'>;

/** What the builder was asked to build so far: packages by process id. */
function builds(builder: Builder): ReadonlyMap<number, readonly string[]> {
  return new Map(
    builder
      .asked()
      .flatMap(({ request, pid }) => (request.operation === 'build' ? [[pid, request.spec.packages]] : [])),
  );
}

function running(builder: Builder): readonly number[] {
  return [...builds(builder).keys()].filter((pid) => {
    const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'latin1') : ') Z';
    return !/^\) [ZX]/.test(stat.slice(stat.lastIndexOf(')')));
  });
}

/** Waits until the builder has been asked for so many builds, of which so many are at work. */
async function building(builder: Builder, asked: number, atWork: number): Promise<void> {
  await expect
    .poll(() => [builds(builder).size, running(builder).length], { timeout: 30_000 })
    .toEqual([asked, atWork]);
}

test('what a newer commit at the remote makes pointless is ended, and everything else is recorded', async () => {
  const hosts = createHostsOnRemote(files);
  const host = hosts.host();
  hosts.builder.behave({ behaviour: 'hold' });
  const reconcile = ended(host.start('reconcile', ...watch));
  await building(hosts.builder, 2, 2);
  const commit = hosts.host().push('another web', { [web]: newer, 'README.md': 'more\n' });
  await building(hosts.builder, 2, 1);
  hosts.builder.behave({ behaviour: 'work' });

  const end = await reconcile;
  expect(end).toMatchObject({ exitCode: 0 });
  expect(end.stdout).toMatch(/^base +built +1\.0\.0\+1\nweb +superseded +-\nchild +superseded +-\n/m);
  expect(end.stderr).toMatch(new RegExp(`web/bootstrap.*superseded.*by commit ${commit.slice(0, 12)}`));
  expect(end.stderr).toContain('SK3014');
  expect(builds(hosts.builder).size).toBe(2);
  expect(leftBehind(host.folder)).toEqual([]);
  host.git('pull', '--quiet');
  expect(await host.run('verify')).toMatchObject({ exitCode: 0 });
  const run = JSON.parse(host.git('show', `HEAD:${host.git('ls-files', 'catalog/runs')}`));
  expect(run.outcome).toBe('succeeded');
  expect(
    run.images.map(({ name, outcome, diagnostics }: Record<string, never>) => [name, outcome, diagnostics]),
  ).toEqual([
    ['base', 'built', []],
    ['web', 'superseded', [expect.objectContaining({ code: 'SK3014', severity: 'note' })]],
    ['child', 'superseded', [expect.objectContaining({ code: 'SK3014', severity: 'note' })]],
  ]);
  // It was no failure: the next reconcile builds the newer form, and what stands on it.
  const next = await host.run('reconcile');
  expect(next.stdout).toMatch(/^web +built +1\.0\.0\+1\nchild +built +1\.0\.0\+1\n/m);
  expect([...builds(hosts.builder).values()].slice(2)).toEqual([['curl'], []]);
}, 60_000);

test('without a remote the local branch is watched', async () => {
  const sandkiln = createQuickProgram(files);
  sandkiln.behave({ behaviour: 'hold' });
  const reconcile = ended(sandkiln.start('reconcile', ...watch));
  await building(sandkiln, 2, 2);
  sandkiln.repository.commit('another web', { [web]: newer });
  await building(sandkiln, 2, 1);
  sandkiln.behave({ behaviour: 'work' });
  const end = await reconcile;
  expect(end).toMatchObject({ exitCode: 0 });
  expect(end.stdout).toMatch(/^base +built +1\.0\.0\+1\nweb +superseded +-\nchild +superseded +-\n/m);
  expect(sandkiln.run('reconcile').stdout).toMatch(/^reconcile: 2 built, 0 failed; commit/m);
}, 60_000);

test('an image that is no longer asked for at all is ended too', async () => {
  const sandkiln = createQuickProgram({ [base]: quickImageText('base') });
  sandkiln.behave({ behaviour: 'hold' });
  const reconcile = ended(sandkiln.start('reconcile', ...watch));
  await building(sandkiln, 1, 1);
  sandkiln.repository.git('rm', '--quiet', base);
  sandkiln.repository.git('commit', '--quiet', '-m', 'nothing');
  const end = await reconcile;
  expect(end).toMatchObject({ exitCode: 0 });
  expect(end.stdout).toMatch(/^base +superseded +-\nreconcile: 0 built, 0 failed, 1 superseded;/m);
  expect(leftBehind(sandkiln.hostFolder)).toEqual([]);
}, 60_000);

test('build ends it as well, and its results say which commit asks for something else', async () => {
  const hosts = createHostsOnRemote(files);
  const host = hosts.host();
  hosts.builder.behave({ behaviour: 'hold' });
  const out = join(host.folder, 'results');
  const build = ended(host.start('build', '--out', out, ...watch));
  await building(hosts.builder, 2, 2);
  const commit = hosts.host().push('another web', { [web]: newer });
  await building(hosts.builder, 2, 1);
  hosts.builder.behave({ behaviour: 'work' });
  expect(await build).toMatchObject({ exitCode: 0 });
  const { changes } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
  const results = Object.assign({}, ...changes.map(({ actions }: { readonly actions: object }) => actions));
  expect(results['SandboxImageSpec/web/bootstrap']).toEqual({ status: 'superseded', by: commit });
  expect((await host.run('record', out)).stdout).toMatch(
    /^base +built +1\.0\.0\+1\nweb +superseded +-\nchild +superseded +-\n/m,
  );
}, 60_000);

test('a newer commit that cannot be planned ends nothing', async () => {
  const sandkiln = createQuickProgram({ [base]: quickImageText('base') });
  sandkiln.behave({ behaviour: 'hold' });
  const reconcile = ended(sandkiln.start('reconcile', ...watch));
  await building(sandkiln, 1, 1);
  sandkiln.repository.commit('broken', { [base]: quickImageText('base', 'nonsense: true') });
  // What it thinks of the commit is remembered when it has looked at it.
  const answer = join(sandkiln.repository.path, '.git/sandkiln/plan-answer');
  await expect.poll(() => readFileSync(answer, 'utf8'), { timeout: 30_000 }).toContain('nonsense');
  sandkiln.behave({ behaviour: 'work' });
  const end = await reconcile;
  expect(end.stdout).toMatch(/^base +built +1\.0\.0\+1\n/m);
  expect(end.exitCode).toBe(0);
}, 60_000);
