import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { chooseIsolation } from '../../../src/adapters/isolation/choose-isolation.ts';
import { createUserNamespaceIsolation } from '../../../src/adapters/isolation/user-namespace.ts';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import type { ProcessResult, ProcessRunner } from '../../../src/adapters/process/process.ts';

const processes = createProcessRunner();
const isolation = chooseIsolation(processes, process.getuid?.() ?? 0);

async function inside(...words: readonly string[]): Promise<string> {
  const [file = '', ...rest] = words;
  const command = { file, arguments: rest, environment: { OWN: 'x' } };
  const result = await processes.run(isolation.wrap(command), { timeoutMs: 30_000 });
  expect(result.stderr).toBe('');
  return result.stdout.toString('utf8');
}

describe('an isolated command', () => {
  test('runs here, as root, with a neutral host name and home', async () => {
    expect(await isolation.check()).toEqual({ ok: true, value: undefined });
    expect(await inside('sh', '-c', 'id -u; hostname; echo "$HOME $OWN"')).toBe('0\nlocalhost\n/root x\n');
  });

  test('has a network without a way out and sees no process of the host', async () => {
    const interfaces = (await inside('cat', '/proc/net/dev')).match(/^ *\S+(?=:)/gm);
    expect(interfaces?.map((name) => name.trim())).toEqual(['lo']);
    expect((await inside('sh', '-c', 'echo /proc/[0-9]*')).split(' ').length).toBeLessThan(5);
  });

  test('gets its arguments as they are', async () => {
    expect(await inside('printf', '%s|', 'a b', '$(id)', '"; id', '-x', '')).toBe('a b|$(id)|"; id|-x||');
  });

  test('is gone with all its children when it is out of time', async () => {
    const mark = `sandkiln-isolation-${process.pid}`;
    const script = `setsid sh -c 'trap "" TERM; sleep 1000; :' "$0" & sleep 1000`;
    const command = { file: 'sh', arguments: ['-c', script, mark] };
    const result = await processes.run(isolation.wrap(command), { timeoutMs: 500 });
    expect(result.ended).toBe('timed-out');
    const listed = await processes.run(
      { file: 'ps', arguments: ['-e', '-o', 'args='] },
      { timeoutMs: 10_000 },
    );
    expect(listed.stdout.toString('utf8')).not.toContain(mark);
  });
});

describe('a user namespace that cannot be made', () => {
  function failing(result: Partial<ProcessResult>): ProcessRunner {
    return {
      run: async () => ({ ended: 'exited', exitCode: 1, stdout: Buffer.alloc(0), stderr: '', ...result }),
      start: processes.start,
    };
  }

  test('is explained by missing ranges of subordinate ids', async () => {
    const stderr = 'unshare: no line matching user "x" in /etc/subuid';
    expect(await createUserNamespaceIsolation(failing({ stderr })).check()).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'SK4042', hint: expect.stringContaining('uidmap') }],
    });
  });

  test('is explained by what unshare says otherwise', async () => {
    const stderr = 'unshare: unshare failed: Operation not permitted';
    expect(await createUserNamespaceIsolation(failing({ stderr })).check()).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'SK4044', message: expect.stringContaining('Operation not permitted') }],
    });
  });
});
