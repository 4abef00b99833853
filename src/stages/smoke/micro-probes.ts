import type { MicroBootRequest, Runtime } from '../../adapters/runtime/runtime.ts';
import type { WorkContext } from '../../adapters/work-context.ts';
import { type Result, success } from '../../model/result.ts';
import { unmetExpectation } from './command-expectation.ts';
import { hasGuestAgent } from './has-guest-agent.ts';
import { type SmokeReport, testResult } from './smoke-report.ts';
import { isForEitherTier, type SmokeTest } from './smoke-test.ts';

/** What a micro boot and its commands may take: many times what they need without hardware acceleration. */
const microBootLimitMs = 3 * 60_000;

/** Tier 1: the image's kernel and root file system, and commands in a chroot of it; its init does not run. */
export async function probeMicroBoot(
  runtime: Runtime,
  machine: Omit<MicroBootRequest, 'commands'>,
  allTests: readonly SmokeTest[],
  context: WorkContext,
): Promise<Result<SmokeReport>> {
  // Commands of no tier of their own run in tier 2 where the guest agent can run them.
  const tests = hasGuestAgent(machine.tree) ? allTests.filter((test) => !isForEitherTier(test)) : allTests;
  const commands = tests.flatMap(({ command }) => (command === undefined ? [] : [command]));
  const hasInit = { run: ['test', '-x', '/sbin/init'] };
  const timeoutMs = Math.min(context.timeoutMs, microBootLimitMs);
  const booted = await runtime.microBoot(
    { ...machine, commands: [hasInit, ...commands] },
    { ...context, timeoutMs },
  );
  if (!booted.ok) {
    return booted;
  }
  const { mounted, results, problem, console } = booted.value;
  const [init, ...declared] = results;
  const silent = problem ?? 'the guest reported nothing';
  const problems = tests.map(({ command }, index) => {
    const result = declared[index];
    return result === undefined ? silent : unmetExpectation(command?.expect, result);
  });
  const initProblem =
    init === undefined ? silent : init.exitCode === 0 ? undefined : 'there is no program /sbin/init';
  return success({
    results: [
      testResult('built-in: the root file system mounts', 1, mounted ? undefined : silent),
      testResult('built-in: /sbin/init can be run', 1, initProblem),
      ...tests.map((test, index) => testResult(test.name, 1, problems[index])),
    ],
    console,
    timedOut: problem !== undefined && booted.value.durationMs >= timeoutMs / 2,
  });
}
