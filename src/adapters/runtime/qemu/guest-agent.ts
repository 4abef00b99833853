import { setTimeout as delay } from 'node:timers/promises';
import { isJsonObject, type JsonValue } from '../../../model/json.ts';
import { type Result, success } from '../../../model/result.ts';
import type { GuestAgent, GuestCommand, GuestCommandResult } from '../runtime.ts';
import type { GuestAgentChannel } from './guest-agent-channel.ts';
import { guestCommandLine } from './guest-command-line.ts';
import { runtimeProblem } from './runtime-problem.ts';

const outputLimitBytes = 1024 * 1024;
const firstPollMs = 20;
const longestPollMs = 500;

/** Commands in a running guest, through its agent (`guest-ping`, `guest-exec`, `guest-exec-status`). */
export function createGuestAgent(channel: GuestAgentChannel): GuestAgent {
  return {
    ping: async (timeoutMs) => {
      const pong = await channel.call('guest-ping', {}, timeoutMs);
      return pong.ok ? success(undefined) : pong;
    },
    run: (command, timeoutMs) => run(channel, command, timeoutMs),
  };
}

async function run(
  channel: GuestAgentChannel,
  command: GuestCommand,
  timeoutMs: number,
): Promise<Result<GuestCommandResult>> {
  const deadline = Date.now() + timeoutMs;
  const [path = '', ...words] = guestCommandLine(command);
  const started = await channel.call(
    'guest-exec',
    { path, arg: words, env: [...guestEnvironment], 'capture-output': true },
    timeoutMs,
  );
  if (!started.ok) {
    return started;
  }
  const pid = isJsonObject(started.value) ? started.value['pid'] : undefined;
  if (typeof pid !== 'number') {
    return nonsense('guest-exec gave no pid');
  }
  for (let pollMs = firstPollMs; ; pollMs = Math.min(pollMs * 2, longestPollMs)) {
    const leftMs = deadline - Date.now();
    if (leftMs <= 0) {
      return runtimeProblem(
        'SK6005',
        `the guest agent: ${path} did not end in ${timeoutMs} ms`,
        'make the command end by itself, or raise the time limit of the smoke tests',
        'timed-out',
      );
    }
    const status = await channel.call('guest-exec-status', { pid }, leftMs);
    if (!status.ok) {
      return status;
    }
    if (!isJsonObject(status.value)) {
      return nonsense('guest-exec-status gave no object');
    }
    if (status.value['exited'] === true) {
      return ended(status.value);
    }
    await delay(Math.min(pollMs, leftMs));
  }
}

/** The guest's own environment says nothing of these; a command must not depend on how the agent was started. */
const guestEnvironment = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'LC_ALL=C.UTF-8',
  'TERM=dumb',
] as const;

function ended(status: Readonly<Record<string, JsonValue>>): Result<GuestCommandResult> {
  const { exitcode, signal } = status;
  const exitCode =
    typeof exitcode === 'number' ? exitcode : typeof signal === 'number' ? 128 + signal : undefined;
  const stdout = decoded(status['out-data']);
  const stderr = decoded(status['err-data']);
  if (exitCode === undefined || stdout === undefined || stderr === undefined) {
    return nonsense('guest-exec-status gave no exit code, or output that is not base64');
  }
  return success({ exitCode, stdout, stderr });
}

function decoded(data: JsonValue | undefined): string | undefined {
  if (data === undefined) {
    return '';
  }
  if (typeof data !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(data)) {
    return undefined;
  }
  return Buffer.from(data, 'base64').subarray(0, outputLimitBytes).toString('utf8');
}

function nonsense(reason: string): Result<never> {
  return runtimeProblem(
    'SK6006',
    `the guest agent: ${reason}`,
    'do not trust this guest: find out what talks on the port org.qemu.guest_agent.0 in the image',
  );
}
