import { expect, test } from 'vitest';
import type { GuestAgent, GuestCommandResult } from '../../../src/adapters/runtime/runtime.ts';
import { failure, success } from '../../../src/model/result.ts';
import { guestProblem } from '../../../src/stages/smoke/guest-probes.ts';
import type { SmokeTest } from '../../../src/stages/smoke/smoke-test.ts';

/** A guest whose commands give these results one after the other; the last one for ever. */
function guestOf(...results: readonly Partial<GuestCommandResult>[]): {
  readonly agent: GuestAgent;
  readonly deadline: number;
} {
  let next = 0;
  return {
    deadline: Date.now() + 60_000,
    agent: {
      ping: async () => success(undefined),
      run: async () => {
        const result = results[Math.min(next++, results.length - 1)];
        return success({ exitCode: 0, stdout: '', stderr: '', ...result });
      },
    },
  };
}

function ports(...listening: readonly string[]): Partial<GuestCommandResult> {
  const lines = listening.map((port, index) => ` ${index}: 00000000:${port} 00000000:0000 0A`);
  return { stdout: ['sl local_address rem_address st', ...lines].join('\n') };
}

test('a service that is still starting is asked again', async () => {
  const guest = guestOf({ stdout: 'activating\n', exitCode: 3 }, { stdout: 'active\n' });
  expect(await guestProblem({ name: 't', service: { unit: 'a' } }, guest)).toBeUndefined();
});

test.each<[string, SmokeTest, readonly Partial<GuestCommandResult>[], string]>([
  ['a failed service', { name: 't', service: { unit: 'a' } }, [{ stdout: 'failed\n' }], 'a is failed'],
  [
    'a service that should not run',
    { name: 't', service: { unit: 'a', active: false } },
    [{ stdout: 'active\n' }],
    'a is active',
  ],
  [
    'a guest without systemctl',
    { name: 't', service: { unit: 'a', active: false } },
    [{ exitCode: 127, stderr: 'not found' }],
    'systemctl gave no state: not found',
  ],
  [
    'an open port',
    { name: 't', port: { number: 22, open: false } },
    [ports('0016')],
    'something listens on port 22',
  ],
  [
    'a guest without /proc',
    { name: 't', port: { number: 22, open: false } },
    [{ exitCode: 1 }],
    '/proc/net/tcp cannot be read: ',
  ],
  [
    'an address that must not be reached',
    { name: 't', reach: { address: 'a', port: 1, reachable: false } },
    [{ exitCode: 0 }],
    'a port 1 is reachable',
  ],
  [
    'a guest without bash, for an address that must not be reached',
    { name: 't', reach: { address: 'a', port: 1, reachable: false } },
    [{ exitCode: 127, stderr: 'no bash' }],
    'no connection could be tried (exit code 127): no bash',
  ],
])('fails: %s', async (_, declared, results, problem) => {
  expect(await guestProblem(declared, guestOf(...results))).toBe(problem);
});

test('a port that opens later passes', async () => {
  expect(
    await guestProblem({ name: 't', port: { number: 22 } }, guestOf(ports(), ports('0016'))),
  ).toBeUndefined();
});

test('an address that cannot be reached, or does not answer, passes where that is expected', async () => {
  for (const exitCode of [1, 124]) {
    const reach = { address: 'a', port: 1, reachable: false };
    expect(await guestProblem({ name: 't', reach }, guestOf({ exitCode }))).toBeUndefined();
  }
});

test('a guest that says nothing fails', async () => {
  const silence = failure({ code: 'SK6005', severity: 'error', message: 'no answer', hint: '' });
  const agent: GuestAgent = { ping: async () => silence, run: async () => silence };
  const guest = { agent, deadline: Date.now() + 1000 };
  const tests: readonly SmokeTest[] = [
    { name: 'ping', guestAgent: 'ping' },
    { name: 'command', command: { run: ['true'] } },
    { name: 'service', service: { unit: 'a', active: false } },
    { name: 'port', port: { number: 1, open: false } },
    { name: 'reach', reach: { address: 'a', port: 1, reachable: false } },
  ];
  for (const each of tests) {
    expect(await guestProblem(each, guest)).toBe('no answer');
  }
  expect(await guestProblem({ name: 'late', guestAgent: 'ping' }, { agent, deadline: 0 })).toContain(
    'time limit',
  );
});
