import { setTimeout as delay } from 'node:timers/promises';
import type { BootRequest, Machine, Runtime } from '../../adapters/runtime/runtime.ts';
import type { WorkContext } from '../../adapters/work-context.ts';
import { type Failure, failure, type Result, success } from '../../model/result.ts';
import { type Guest, guestProblem, settledState } from './guest-probes.ts';
import { reasonOf, type SmokeReport, testResult } from './smoke-report.ts';
import type { SmokeTest } from './smoke-test.ts';

/** What is left of the time limit for stopping the machine and keeping its console. */
const endingMs = 3000;
/** What an init, and then an agent, may take: many times what they need without hardware acceleration. */
const initLimitMs = 5 * 60_000;
const agentLimitMs = 2 * 60_000;

/** One of these on the console means that the image's init is done; newer and older systemd, and a getty. */
const initDone = [
  'Reached target multi-user.target',
  'Reached target graphical.target',
  'Reached target Multi-User',
  'Reached target Graphical',
  ' login: ',
] as const;

/** One of these means that it never will be. */
const initFailed = ['Kernel panic', 'emergency mode', '(initramfs)', 'No bootable device'] as const;

/** What is booted, and how its results are named: in tier 3 a test runs once a firmware. */
export interface BootProbe {
  readonly tier: 2 | 3;
  readonly request: BootRequest;
  readonly hasGuestAgent: boolean;
  /** ` (uefi)` */
  readonly suffix: string;
}

/** Tiers 2 and 3: the image's own init comes to its target, and what the guest agent is asked for holds. */
export async function probeBoot(
  runtime: Runtime,
  probe: BootProbe,
  tests: readonly SmokeTest[],
  context: WorkContext,
): Promise<Result<SmokeReport>> {
  const { tier, suffix } = probe;
  const deadline = Date.now() + context.timeoutMs - endingMs;
  const booted = await runtime.boot(probe.request, context);
  if (!booted.ok) {
    return booted;
  }
  await using machine = booted.value;
  const limitMs = Math.min(initLimitMs, deadline - Date.now());
  // Both are watched from the start: what comes first tells that the init is done.
  const guest = probe.hasGuestAgent ? meetGuest(machine, limitMs, deadline) : undefined;
  const init = await waitForInit(machine, guest, limitMs);
  if (
    !init.ok &&
    init.diagnostics.some(({ failure: kind }) => kind === 'transient' || kind === 'cancelled')
  ) {
    return init;
  }
  const results = [
    testResult(`built-in: init reaches its target${suffix}`, tier, init.ok ? undefined : reasonOf(init)),
  ];
  let timedOut = isLate(init);
  // A guest that is asked nothing needs no agent.
  if (tests.length > 0) {
    const met = init.ok ? await guestWithin(guest, agentLimitMs) : init;
    timedOut ||= isLate(met);
    for (const test of tests) {
      const problem = met.ok ? await guestProblem(test, met.value) : reasonOf(met);
      results.push(testResult(`${test.name}${suffix}`, tier, problem));
    }
  }
  return success({
    results,
    console: Uint8Array.from(machine.console()),
    ...(init.ok && { init: init.value }),
    timedOut,
  });
}

function isLate(result: Result<unknown>): boolean {
  return !result.ok && result.diagnostics.some(({ failure: kind }) => kind === 'timed-out');
}

interface MetGuest extends Guest {
  /** As systemd says of it, where it does. */
  readonly state: string | undefined;
}

/** The guest by its agent, after it has settled. */
async function meetGuest(machine: Machine, timeoutMs: number, deadline: number): Promise<Result<MetGuest>> {
  const agent = await machine.waitForAgent(Math.max(1, timeoutMs));
  if (!agent.ok) {
    return agent;
  }
  const guest = { agent: agent.value, deadline };
  return success({ ...guest, state: await settledState(guest) });
}

/** The sign by which the init showed that it is done: a text on the console, or what systemd says of itself. */
async function waitForInit(
  machine: Machine,
  guest: Promise<Result<MetGuest>> | undefined,
  timeoutMs: number,
): Promise<Result<string>> {
  const onConsole = machine.waitForConsole([...initDone, ...initFailed], Math.max(1, timeoutMs));
  const byAgent = guest?.then((met) =>
    met.ok && met.value.state !== undefined ? met.value.state : undefined,
  );
  const first = await Promise.race([onConsole, byAgent ?? onConsole]);
  const seen = first ?? (await onConsole);
  if (typeof seen === 'string') {
    return success(`systemctl is-system-running: ${seen}`);
  }
  return seen.ok && initFailed.some((text) => text === seen.value)
    ? gaveUp(`the guest gave up booting: ${JSON.stringify(seen.value)} came on the console`)
    : seen;
}

async function guestWithin(
  guest: Promise<Result<MetGuest>> | undefined,
  timeoutMs: number,
): Promise<Result<Guest>> {
  if (guest === undefined) {
    return gaveUp('the image has no qemu-guest-agent, by which this test runs');
  }
  const stop = new AbortController();
  const late = delay(timeoutMs, undefined, { signal: stop.signal }).catch(() => undefined);
  const met = await Promise.race([guest, late]);
  stop.abort();
  return (
    met ??
    failure({
      code: 'SK6005',
      severity: 'error',
      message: `the guest agent did not answer in ${timeoutMs} ms after the init was done`,
      hint: 'check that qemu-guest-agent is started in the image',
      failure: 'timed-out',
    })
  );
}

function gaveUp(message: string): Failure {
  return failure({
    code: 'SK6003',
    severity: 'error',
    message,
    hint: 'look at the console in the log of the action',
    failure: 'stalled',
  });
}
