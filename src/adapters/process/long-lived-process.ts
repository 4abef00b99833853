import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createByteTail } from './byte-tail.ts';
import { childEnvironment } from './child-environment.ts';
import type { Command, LongLivedProcess, ProcessResult } from './process.ts';
import { endProcessGroup, killProcessGroup } from './process-group.ts';
import { startProblem } from './start-problem.ts';
import type { StartSettings } from './start-settings.ts';

const stderrTailBytes = 64 * 1024;

/** Starts a process that answers questions on its streams, such as `git cat-file --batch` or QEMU. */
export async function startLongLived(
  command: Command,
  { killDelayMs, guard }: StartSettings,
  signal: AbortSignal | undefined,
): Promise<LongLivedProcess | { readonly startError: string }> {
  if (signal?.aborted) {
    return { startError: 'cancelled' };
  }
  const problem = startProblem(command);
  const child = problem ?? spawnChild(command);
  if (typeof child === 'string') {
    return { startError: child };
  }
  if (child.pid !== undefined) {
    guard?.started(child.pid);
  }
  const startError = await new Promise<string | undefined>((resolve) => {
    child.once('spawn', () => resolve(undefined));
    child.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
  const pid = child.pid;
  if (startError !== undefined || pid === undefined) {
    return { startError: startError ?? 'unknown' };
  }
  const leader = pid;

  let reason: 'cancelled' | undefined;
  let groupEnded: Promise<void> | undefined;
  function end(): void {
    groupEnded ??= endProcessGroup(leader, killDelayMs).finally(() => guard?.ended(leader));
  }
  function cancel(): void {
    reason ??= 'cancelled';
    end();
  }
  const killOnExit = (): void => killProcessGroup(leader);
  process.once('exit', killOnExit);
  signal?.addEventListener('abort', cancel, { once: true });

  const tail = createByteTail(stderrTailBytes);
  child.stderr.on('data', (bytes: Uint8Array) => tail.write(bytes));
  // A process that ended while it was being written to is told of by `ended`.
  child.stdin.on('error', () => {});
  child.on('error', () => {});

  const ended = new Promise<ProcessResult>((resolve) => {
    child.once('exit', async (exitCode, signalName) => {
      end();
      await groupEnded;
      process.off('exit', killOnExit);
      signal?.removeEventListener('abort', cancel);
      const output = { stdout: Buffer.alloc(0), stderr: tail.text() };
      if (reason !== undefined) {
        resolve({ ended: reason, ...output });
      } else if (signalName !== null) {
        resolve({ ended: 'signalled', signalName, ...output });
      } else {
        resolve({ ended: 'exited', exitCode: exitCode ?? -1, ...output });
      }
    });
  });
  if (signal?.aborted) {
    cancel();
  }
  return {
    pid,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    stop: () => {
      end();
      return ended;
    },
  };
}

/** Some refusals of the kernel, such as E2BIG, are thrown at once. */
function spawnChild(command: Command): ChildProcessWithoutNullStreams | string {
  try {
    return spawn(command.file, [...command.arguments], {
      ...(command.directory === undefined ? {} : { cwd: command.directory }),
      env: childEnvironment(command),
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'syscall' in error) {
      return String(error.code);
    }
    throw error;
  }
}
