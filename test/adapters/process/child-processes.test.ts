import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import type { Command } from '../../../src/adapters/process/process.ts';

const { run, start } = createProcessRunner({ killDelayMs: 300 });
const folder = mkdtempSync(join(tmpdir(), 'sandkiln-process-'));
const plenty = { timeoutMs: 60_000 };

afterEach(() => {
  rmSync(join(folder, 'pid'), { force: true });
});

function shell(script: string, environment?: Record<string, string>): Command {
  return { file: 'sh', arguments: ['-c', script], directory: folder, ...(environment && { environment }) };
}

function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('run', () => {
  test('gives exit code, stdout bytes and the end of stderr', async () => {
    const result = await run(shell("printf 'a\\000b\\n'; echo bad >&2; exit 3"), plenty);
    expect(result).toEqual({ ended: 'exited', exitCode: 3, stdout: Buffer.from('a\0b\n'), stderr: 'bad\n' });
  });

  test('passes on no variable but the declared ones', async () => {
    process.env['SANDKILN_LEAK'] = 'yes';
    const result = await run({ ...shell('env'), environment: { OWN: 'x' } }, plenty);
    delete process.env['SANDKILN_LEAK'];
    const names = result.stdout
      .toString()
      .split('\n')
      .map((line) => line.split('=')[0])
      .filter((name) => name !== '' && name !== '_');
    expect(names.toSorted()).toEqual(['HOME', 'LC_ALL', 'OWN', 'PATH', 'PWD', 'TZ']);
    expect(result.stdout.toString()).toContain('/usr/sbin');
  });

  test('a program that is not installed is not-started', async () => {
    const result = await run({ file: 'no-such-program-here', arguments: [] }, plenty);
    expect(result).toMatchObject({ ended: 'not-started', startError: 'ENOENT' });
  });

  test.each([
    ['a null byte', { file: 'echo', arguments: ['a\0b'] }],
    ['a null byte in a variable', { file: 'echo', arguments: [], environment: { A: 'a\0b' } }],
    ['no name', { file: '', arguments: [] }],
    ['too long arguments', { file: 'echo', arguments: ['x'.repeat(3_000_000)] }],
  ])('a command that the kernel would refuse is not-started: %s', async (_, command) => {
    expect((await run(command, plenty)).ended).toBe('not-started');
    expect(await start(command)).toHaveProperty('startError');
  });

  test('a folder that is not there is not-started', async () => {
    const result = await run({ file: 'true', arguments: [], directory: join(folder, 'none') }, plenty);
    expect(result.ended).toBe('not-started');
  });

  test('a time-out ends grandchildren that do not listen to SIGTERM', async () => {
    const script = `sh -c 'trap "" TERM; echo $$ > pid; while :; do sleep 1; done' >/dev/null 2>&1 & wait`;
    const result = await run(shell(script), { timeoutMs: 300 });
    expect(result.ended).toBe('timed-out');
    expect(isAlive(Number(readFileSync(join(folder, 'pid'), 'utf8')))).toBe(false);
  });

  test('children that outlive a process that succeeded are ended and do not hold the pipe', async () => {
    const result = await run(shell('sleep 600 & echo $! > pid; echo done'), plenty);
    expect(result).toMatchObject({ ended: 'exited', exitCode: 0 });
    expect(result.stdout.toString()).toBe('done\n');
    expect(isAlive(Number(readFileSync(join(folder, 'pid'), 'utf8')))).toBe(false);
  });

  test('the first reason to end wins', async () => {
    const controller = new AbortController();
    const ended = run(shell('trap "sleep 0.3; exit 0" TERM; echo ready >&2; while :; do sleep 0.05; done'), {
      timeoutMs: 60_000,
      signal: controller.signal,
      outputLimitBytes: 3,
      log: () => controller.abort(),
    });
    expect((await ended).ended).toBe('cancelled');
  });

  test('cancelling before the start starts nothing', async () => {
    const result = await run(shell('echo x > pid'), { ...plenty, signal: AbortSignal.abort() });
    expect(result.ended).toBe('cancelled');
    expect(() => readFileSync(join(folder, 'pid'))).toThrow();
  });

  test.each(['yes', 'yes >&2'])('too much output ends the process: %s', async (script) => {
    const result = await run(shell(script), { ...plenty, outputLimitBytes: 100_000 });
    expect(result.ended).toBe('output-limit');
    expect(result.stderr.length).toBeLessThanOrEqual(65_536);
  });

  test('a signal from elsewhere is told', async () => {
    expect(await run(shell('kill -KILL $$'), plenty)).toMatchObject({
      ended: 'signalled',
      signalName: 'SIGKILL',
    });
  });

  test('logs stderr by line, and stdout where asked', async () => {
    const lines: string[] = [];
    const result = await run(shell("printf 'one\\ntwo' >&2; exec 2>&-; printf 'three\\r\\nfour'"), {
      ...plenty,
      log: (line) => lines.push(line),
      stdoutTo: 'log',
    });
    expect(result.stdout.length).toBe(0);
    expect(lines.toSorted()).toEqual(['four', 'one', 'three', 'two']);
  });

  test('feeds stdin from text and from a stream', async () => {
    const cat = { file: 'cat', arguments: [] };
    expect((await run(cat, { ...plenty, stdin: 'text' })).stdout.toString()).toBe('text');
    const stream = Readable.from([Buffer.from('str'), Buffer.from('eam')]);
    expect((await run(cat, { ...plenty, stdin: stream })).stdout.toString()).toBe('stream');
  });

  test('a process that does not read its input is no error', async () => {
    const result = await run({ file: 'true', arguments: [] }, { ...plenty, stdin: Buffer.alloc(10_000_000) });
    expect(result).toMatchObject({ ended: 'exited', exitCode: 0 });
  });

  test('sends stdout to a file or a stream', async () => {
    const path = join(folder, 'out');
    const toFile = await run(shell('echo file'), { ...plenty, stdoutTo: { file: path } });
    expect([toFile.exitCode, readFileSync(path, 'utf8')]).toEqual([0, 'file\n']);
    const stream = new PassThrough();
    const [toStream, text] = await Promise.all([
      run(shell('echo stream'), { ...plenty, stdoutTo: stream }),
      stream.toArray().then((chunks) => Buffer.concat(chunks).toString()),
    ]);
    expect([toStream.exitCode, text]).toEqual([0, 'stream\n']);
  });

  test('a file that cannot be opened is not-started', async () => {
    const result = await run(shell('true'), { ...plenty, stdoutTo: { file: join(folder, 'none', 'out') } });
    expect(result.ended).toBe('not-started');
  });

  test('a target that breaks ends the process', async () => {
    const stream = new PassThrough();
    stream.once('data', () => stream.destroy(new Error('full')));
    const result = await run({ file: 'yes', arguments: [] }, { ...plenty, stdoutTo: stream });
    expect(['exited', 'signalled']).toContain(result.ended);
    expect(result.exitCode).not.toBe(0);
  });
});

describe('start', () => {
  test('talks to a process until it is stopped', async () => {
    const child = await start({ file: 'cat', arguments: [] });
    if ('startError' in child) {
      throw new Error(child.startError);
    }
    child.stdin.write('question\n');
    const answer = await new Promise<Buffer>((resolve) => child.stdout.once('data', resolve));
    expect(answer.toString()).toBe('question\n');
    expect(await child.stop()).toMatchObject({ ended: 'signalled', signalName: 'SIGTERM' });
    expect(isAlive(child.pid)).toBe(false);
  });

  test('a program that is not installed gives the reason', async () => {
    expect(await start({ file: 'no-such-program-here', arguments: [] })).toEqual({ startError: 'ENOENT' });
  });

  test('is ended with its group when cancelled', async () => {
    const controller = new AbortController();
    const child = await start(shell('sleep 600 & echo $!; wait'), { signal: controller.signal });
    if ('startError' in child) {
      throw new Error(child.startError);
    }
    const pid = Number(await new Promise<Buffer>((resolve) => child.stdout.once('data', resolve)));
    controller.abort();
    expect((await child.ended).ended).toBe('cancelled');
    expect(isAlive(pid)).toBe(false);
  });

  test('does not outlive the process that started it', () => {
    const lock = join(folder, 'lock');
    const source = join(import.meta.dirname, '../../../src/adapters/process/child-processes.ts');
    const program = `
      import { createProcessRunner } from ${JSON.stringify(source)};
      const command = { file: 'flock', arguments: ['--no-fork', ${JSON.stringify(lock)}, 'sh', '-c', 'echo; exec sleep 600'] };
      const child = await createProcessRunner().start(command);
      await new Promise((resolve) => child.stdout.once('data', resolve));
      process.exit(0);`;
    execFileSync(process.execPath, ['--input-type=module', '-e', program]);
    // Succeeds once the child has given its lock back, which it does only by ending.
    execFileSync('flock', ['--timeout', '30', lock, 'true']);
  });
});

describe('a guard', () => {
  test.each(['run', 'start'])('ends what %s began when this process is killed, grandchildren too', (how) => {
    const lock = join(folder, `guarded-${how}`);
    const sources = join(import.meta.dirname, '../../../src/adapters/process');
    const program = `
      import { createProcessRunner } from '${sources}/child-processes.ts';
      import { createProcessGuard } from '${sources}/process-guard.ts';
      const processes = createProcessRunner({ guard: createProcessGuard() });
      const sleeper = 'trap "" TERM HUP; echo ready; while :; do sleep 1; done';
      const command = {
        file: 'sh',
        arguments: ['-c', \`flock ${lock} sh -c '\${sleeper}' & wait\`],
      };
      const die = () => process.kill(process.pid, 'SIGKILL');
      await processes.run({ file: 'true', arguments: [] }, { timeoutMs: 60_000 });
      if (${JSON.stringify(how)} === 'run') {
        await processes.run(command, { timeoutMs: 600_000, log: die, stdoutTo: 'log' });
      } else {
        (await processes.start(command)).stdout.once('data', die);
      }`;
    const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', program]);
    expect(signal).toBe('SIGKILL');
    // Succeeds once the grandchild has given its lock back, which it does only by ending.
    execFileSync('flock', ['--timeout', '30', lock, 'true']);
  });

  test('leaves when this process ends, and holds it up no longer', () => {
    const sources = join(import.meta.dirname, '../../../src/adapters/process');
    const program = `
      import { createProcessRunner } from '${sources}/child-processes.ts';
      import { createProcessGuard } from '${sources}/process-guard.ts';
      const processes = createProcessRunner({ guard: createProcessGuard() });
      await processes.run({ file: 'true', arguments: [] }, { timeoutMs: 60_000 });
      const { readFileSync } = await import('node:fs');
      console.log(readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim());`;
    const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    const guard = Number(stdout);
    expect([status, guard > 0]).toEqual([0, true]);
    execFileSync('tail', [`--pid=${guard}`, '-f', '/dev/null'], { timeout: 30_000 });
  });
});
