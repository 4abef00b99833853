import { setTimeout as delay } from 'node:timers/promises';
import type { GuestAgent } from '../../adapters/runtime/runtime.ts';
import { unmetExpectation } from './command-expectation.ts';
import { listeningPorts } from './listening-ports.ts';
import { reasonOf } from './smoke-report.ts';
import type { SmokeTest } from './smoke-test.ts';

/** How long a service, a port or an address may take to get to the expected state after the init is done. */
const settleMs = 30_000;
const pollMs = 250;
const commandLimitMs = 5 * 60_000;
const connectSeconds = 5;
const unsettledStates: readonly string[] = [
  'activating',
  'deactivating',
  'reloading',
  'refreshing',
  'maintenance',
];

/** A guest that is up, and the time until which its tests have to be done (milliseconds since 1970). */
export interface Guest {
  readonly agent: GuestAgent;
  readonly deadline: number;
}

/**
 * Waits until systemd has no start jobs left, so that tests see a settled system, and gives how the system then is:
 * `running`, or `degraded` where a unit failed. Nothing where there is no systemd, or it is never done; the guest is
 * then tested as it is.
 */
export async function settledState(guest: Guest): Promise<string | undefined> {
  const timeoutMs = Math.min(2 * settleMs, left(guest));
  const result = await guest.agent.run({ run: ['systemctl', 'is-system-running', '--wait'] }, timeoutMs);
  const state = result.ok ? result.value.stdout.trim() : '';
  return state === 'running' || state === 'degraded' ? state : undefined;
}

/** Why a test fails in a running guest; nothing where it passes. */
export async function guestProblem(test: SmokeTest, guest: Guest): Promise<string | undefined> {
  if (left(guest) <= 0) {
    return 'the time limit was reached before this test';
  }
  if (test.command !== undefined) {
    const result = await guest.agent.run(test.command, Math.min(commandLimitMs, left(guest)));
    return result.ok ? unmetExpectation(test.command.expect, result.value) : reasonOf(result);
  }
  if (test.service !== undefined) {
    return serviceProblem(test.service, guest);
  }
  if (test.port !== undefined) {
    return portProblem(test.port, guest);
  }
  if (test.reach !== undefined) {
    return reachProblem(test.reach, guest);
  }
  const answer = await guest.agent.ping(left(guest));
  return answer.ok ? undefined : reasonOf(answer);
}

async function serviceProblem(
  service: NonNullable<SmokeTest['service']>,
  guest: Guest,
): Promise<string | undefined> {
  const expected = service.active ?? true;
  return settled(guest, async () => {
    const result = await guest.agent.run(
      { run: ['systemctl', 'is-active', '--', service.unit] },
      left(guest),
    );
    if (!result.ok) {
      return { problem: reasonOf(result), final: true };
    }
    const state = result.value.stdout.trim();
    if (state === '') {
      return { problem: `systemctl gave no state: ${result.value.stderr.trim()}`, final: true };
    }
    const isUnsettled = unsettledStates.includes(state);
    return (state === 'active') === expected && !isUnsettled
      ? passed
      : { problem: `${service.unit} is ${state}`, final: !isUnsettled };
  });
}

async function portProblem(port: NonNullable<SmokeTest['port']>, guest: Guest): Promise<string | undefined> {
  const expected = port.open ?? true;
  return settled(guest, async () => {
    // Without IPv6 there is no tcp6, and cat says so with its exit code.
    const result = await guest.agent.run({ run: ['cat', '/proc/net/tcp', '/proc/net/tcp6'] }, left(guest));
    if (!result.ok) {
      return { problem: reasonOf(result), final: true };
    }
    if (!result.value.stdout.includes('local_address')) {
      return { problem: `/proc/net/tcp cannot be read: ${result.value.stderr.trim()}`, final: true };
    }
    const isOpen = listeningPorts(result.value.stdout).has(port.number);
    return isOpen === expected
      ? passed
      : { problem: `${isOpen ? 'something' : 'nothing'} listens on port ${port.number}`, final: isOpen };
  });
}

async function reachProblem(
  reach: NonNullable<SmokeTest['reach']>,
  guest: Guest,
): Promise<string | undefined> {
  const { address, port, reachable } = reach;
  const connect = ['bash', '-c', 'exec 3<>"/dev/tcp/$1/$2"', 'bash', address, `${port}`];
  return settled(guest, async () => {
    const result = await guest.agent.run({ run: ['timeout', `${connectSeconds}`, ...connect] }, left(guest));
    if (!result.ok) {
      return { problem: reasonOf(result), final: true };
    }
    const { exitCode, stderr } = result.value;
    // 0 connected, 1 refused or no way there, 124 no answer; all else says that there was no try.
    if (![0, 1, 124].includes(exitCode)) {
      return {
        problem: `no connection could be tried (exit code ${exitCode}): ${stderr.trim()}`,
        final: true,
      };
    }
    return (exitCode === 0) === reachable
      ? passed
      : {
          problem: `${address} port ${port} is ${exitCode === 0 ? '' : 'not '}reachable`,
          final: exitCode === 0,
        };
  });
}

interface Sample {
  readonly problem: string | undefined;
  /** Another look would not change it. */
  readonly final: boolean;
}

const passed: Sample = { problem: undefined, final: true };

/** Looks again until the state is the expected one or final, for at most {@link settleMs}. */
async function settled(guest: Guest, sample: () => Promise<Sample>): Promise<string | undefined> {
  const until = Date.now() + Math.min(settleMs, left(guest));
  for (;;) {
    const { problem, final } = await sample();
    if (problem === undefined || final || Date.now() >= until) {
      return problem;
    }
    await delay(pollMs);
  }
}

function left(guest: Guest): number {
  return guest.deadline - Date.now();
}
