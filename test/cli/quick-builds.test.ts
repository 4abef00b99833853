import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createQuickProgram, type QuickProgram, quickImageText } from '../rig/quick-images.ts';
import { imageText } from '../rig/sandkiln-program.ts';

const base = 'specs/images/base.yaml';

/** Operations that the builder was asked for, `describe` left out. */
function operations(sandkiln: QuickProgram): readonly string[] {
  return sandkiln
    .asked()
    .map(({ request }) => request.operation)
    .filter((operation) => operation !== 'describe');
}

/** Reads until a text was said; the process that says it is left alone. */
async function said(output: Readable | null, text: string): Promise<void> {
  let heard = '';
  for await (const chunk of output?.iterator({ destroyOnReturn: false }) ?? []) {
    heard += String(chunk);
    if (heard.includes(text)) {
      output?.resume();
      return;
    }
  }
  throw new Error(`it ended without saying ${JSON.stringify(text)}: ${heard}`);
}

function isRunning(pid: number): boolean {
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'latin1') : ') Z';
  return !/^\) [ZX]/.test(stat.slice(stat.lastIndexOf(')')));
}

describe('an image of a builder of the host', () => {
  it('is built, verified, left alone, and built again when its spec changes', () => {
    const sandkiln = createQuickProgram({ [base]: quickImageText('base') });
    const first = sandkiln.run('reconcile');
    expect(first.exitCode, first.stderr).toBe(0);
    expect(first.stdout).toMatch(/^reconcile: 1 built, 0 failed; commit [0-9a-f]{12}$/m);
    expect(sandkiln.run('verify', '--artifacts').exitCode).toBe(0);
    expect(sandkiln.image('base')).toMatchObject({
      version: '1.0.0+1',
      builder: { name: 'quick', reproducible: true },
      inputs: { lock: null },
    });
    const { sourceDateEpoch } = sandkiln.image('base');
    expect(sourceDateEpoch).toBeGreaterThanOrEqual(Date.UTC(2000) / 1000);
    expect(sourceDateEpoch).toBeLessThan(Date.UTC(2020) / 1000);

    expect(sandkiln.run('plan', '--detailed-exitcode').exitCode).toBe(0);
    expect(operations(sandkiln)).toEqual(['build']);

    sandkiln.repository.commit('with a file', {
      [base]: quickImageText('base', 'files: [{path: /etc/motd, content: hello}]'),
    });
    expect(sandkiln.run('reconcile').exitCode).toBe(0);
    // What is put on the tree afterwards does not ask the builder again, and moves no date.
    expect(operations(sandkiln)).toEqual(['build']);
    expect(sandkiln.image('base')).toMatchObject({
      version: '1.0.0+2',
      supersedes: '1.0.0+1',
      sourceDateEpoch,
    });
    expect(sandkiln.run('verify', '--artifacts').exitCode).toBe(0);
    expect(sandkiln.run('rebuild', '--check', 'base').stdout).toContain('is byte-identical');
  });

  it('gets what a builder may read, and nothing else of this program or its user', () => {
    const sandkiln = createQuickProgram({
      [base]: quickImageText(
        'base',
        'packages: [tool, curl]',
        'limits: {memory: 1GiB, stopAfter: 90s, warnAfter: 60s}',
      ),
    });
    const ended = sandkiln.runWith(
      { environment: { SANDKILN_AUTHOR: 'A <a@example.org>', SECRET: 'x' } },
      'reconcile',
    );
    expect(ended.exitCode, ended.stderr).toBe(0);
    const build = sandkiln.asked().at(-1);
    expect(build?.request).toMatchObject({
      protocol: 1,
      operation: 'build',
      spec: {
        distribution: 'debian',
        release: 'bookworm',
        architecture: 'amd64',
        variant: 'apt',
        packages: ['curl', 'tool'],
      },
      lock: null,
      parentTree: null,
      files: [],
      limits: { timeoutMs: 90_000, memoryBytes: 2 ** 30 },
    });
    for (const { environment } of sandkiln.asked()) {
      expect(Object.keys(environment).sort()).toEqual(['HOME', 'LC_ALL', 'PATH', 'TMPDIR', 'TZ']);
      expect(environment['HOME']).not.toBe(sandkiln.hostFolder);
    }
  });

  it('is built again by another version of its builder, and by no other reason', () => {
    const sandkiln = createQuickProgram({ [base]: quickImageText('base') });
    expect(sandkiln.run('reconcile').exitCode).toBe(0);
    const tree = sandkiln.image('base').tree;
    sandkiln.behave({ content: 'second' });
    const bump = (version: string) =>
      sandkiln.repository.commit(version, { [base]: quickImageText('base').replace('1.0.0', version) });
    bump('1.1.0');
    expect(sandkiln.run('reconcile').exitCode).toBe(0);
    expect(operations(sandkiln)).toHaveLength(1);
    sandkiln.behave({ version: '2.0' });
    bump('1.2.0');
    expect(sandkiln.run('reconcile').exitCode).toBe(0);
    expect(operations(sandkiln)).toHaveLength(2);
    expect(sandkiln.image('base').tree).not.toEqual(tree);
  });

  it('keeps the lock of a builder that locks packages', () => {
    const sandkiln = createQuickProgram({ [base]: quickImageText('base', 'packages: [curl]') });
    sandkiln.behave({ locksPackages: true });
    expect(sandkiln.run('reconcile').exitCode).toBe(0);
    expect(operations(sandkiln)).toEqual(['lock', 'build']);
    expect(sandkiln.image('base')).toMatchObject({
      sourceDateEpoch: 1_600_000_000,
      inputs: { lock: expect.any(String) },
    });
    expect(sandkiln.asked().at(-1)?.request).toMatchObject({
      files: [{ path: expect.stringMatching(/[0-9a-f]{64}/) }],
    });
    expect(sandkiln.run('verify', '--artifacts').exitCode).toBe(0);

    sandkiln.repository.commit('bump', {
      [base]: quickImageText('base', 'packages: [curl]').replace('1.0.0', '1.1.0'),
    });
    sandkiln.behave({ version: '2.0' });
    expect(sandkiln.run('reconcile').exitCode).toBe(0);
    expect(operations(sandkiln)).toEqual(['lock', 'build', 'build']);
    expect(sandkiln.run('rebuild', '--check', 'base').stdout).toContain('is byte-identical');
  });

  it('is what children are built from, by nobody or by its builder, without any account file', () => {
    const sandkiln = createQuickProgram({
      [base]: quickImageText('base'),
      'specs/images/plain.yaml': imageText(
        'plain',
        'from: base',
        'files: [{path: /etc/motd, content: hello}]',
      ),
      'specs/images/more.yaml': quickImageText('more', 'from: base', 'packages: [tool]'),
    });
    const ended = sandkiln.run('reconcile');
    expect(ended.exitCode, ended.stderr).toBe(0);
    expect(ended.stdout).toContain('3 built');
    const requests = sandkiln
      .asked()
      .flatMap(({ request }) => (request.operation === 'build' ? [request] : []));
    expect(requests.map(({ parentTree }) => parentTree !== null)).toEqual([false, true]);
    expect(requests[1]?.sourceDateEpoch).toBe(sandkiln.image('base').sourceDateEpoch);
    expect(sandkiln.run('verify', '--artifacts').exitCode).toBe(0);
  });
});

describe('a builder that does not do what it should', () => {
  it('leaves the previous image active, and what it calls stalled is not tried again', () => {
    const sandkiln = createQuickProgram({ [base]: quickImageText('base') });
    expect(sandkiln.run('reconcile').exitCode).toBe(0);
    sandkiln.behave({ behaviour: 'fail' });
    sandkiln.repository.commit('more', { [base]: quickImageText('base', 'packages: [tool]') });
    const failed = sandkiln.run('reconcile');
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain('error SK4027');
    expect(failed.stderr).toContain('the builder quick failed: the kiln is full (NO-ROOM)');
    expect(failed.stderr).toContain('empty it');
    expect(sandkiln.image('base').version).toBe('1.0.0+1');
    expect(sandkiln.run('verify', '--artifacts').exitCode).toBe(0);

    const head = sandkiln.repository.git('rev-parse', 'HEAD');
    expect(sandkiln.run('reconcile').stdout).toContain('1 stalled');
    expect(sandkiln.repository.git('rev-parse', 'HEAD')).toBe(head);
    sandkiln.behave({ behaviour: 'work' });
    sandkiln.repository.commit('other', { [base]: quickImageText('base', 'packages: [tools]') });
    expect(sandkiln.run('reconcile').exitCode).toBe(0);
    expect(sandkiln.image('base').version).toBe('1.0.0+2');
  });

  it('is tried again with the same inputs after its own fault', () => {
    const sandkiln = createQuickProgram({ [base]: quickImageText('base') });
    sandkiln.behave({ behaviour: 'nonsense' });
    const failed = sandkiln.run('reconcile');
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain('error SK4022');
    expect(failed.stderr).toContain('Reading package lists... Done');
    sandkiln.behave({ behaviour: 'work' });
    expect(sandkiln.run('reconcile').exitCode).toBe(0);
  });

  it('is ended with everything that it started when its time is over', () => {
    const sandkiln = createQuickProgram({
      [base]: quickImageText('base', 'limits: {stopAfter: 1s, warnAfter: 1s}'),
    });
    sandkiln.behave({ behaviour: 'hang' });
    const ended = sandkiln.run('reconcile');
    expect(ended.stderr).toContain('base/bootstrap took longer than 1 s');
    expect(ended.exitCode).toBe(9);
    expect(isRunning(sandkiln.asked().at(-1)?.pid ?? 0)).toBe(false);
    expect(sandkiln.run('verify').exitCode).toBe(0);
  });

  it('is ended by an interrupt, while a second reconcile finds the lock held', async () => {
    const sandkiln = createQuickProgram({ [base]: quickImageText('base') });
    sandkiln.behave({ behaviour: 'hang' });
    const first = sandkiln.start('reconcile', '--output', 'json');
    const ended = new Promise((resolve) => first.once('close', resolve));
    await said(first.stdout, 'waiting for nothing');
    const second = sandkiln.run('reconcile');
    expect(second.exitCode).toBe(4);
    expect(second.stderr).toContain('SK3040');
    expect(operations(sandkiln)).toEqual(['build']);
    first.kill('SIGINT');
    expect(await ended).toBe(8);
    expect(isRunning(sandkiln.asked().at(-1)?.pid ?? 0)).toBe(false);
  });

  it('is built again in a folder that the next run removes, where the rebuild was killed', async () => {
    const sandkiln = createQuickProgram({ [base]: quickImageText('base') });
    expect(sandkiln.run('reconcile').exitCode).toBe(0);
    const scratch = join(sandkiln.hostFolder, 'cache/sandkiln/scratch');
    const left = () => readdirSync(scratch).filter((name) => name.includes('rebuild'));
    sandkiln.behave({ behaviour: 'hang' });
    const rebuild = sandkiln.start('rebuild', '--check', 'base');
    const ended = new Promise((resolve) => rebuild.once('close', resolve));
    await said(rebuild.stderr, 'base/bootstrap started');
    rebuild.kill('SIGKILL');
    await ended;
    expect(left()).toHaveLength(1);
    sandkiln.behave({ behaviour: 'work' });
    expect(sandkiln.run('rebuild', '--check', 'base').stdout).toContain('base 1.0.0+1 is byte-identical');
    expect(left()).toEqual([]);
  });

  it('is told of where this host has none of that name, by reconcile and by doctor', () => {
    const sandkiln = createQuickProgram({ [base]: imageText('base', 'builder: other') });
    const ended = sandkiln.run('reconcile');
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toContain('error SK4020');
    expect(ended.stderr).toContain(
      'the builder other is not set up on this host, which has mmdebstrap, quick',
    );
    const doctor = sandkiln.run('doctor');
    expect(doctor.exitCode).toBe(1);
    expect(doctor.stdout).toMatch(/MISSING +builder other .*not set up/);
  });
});
