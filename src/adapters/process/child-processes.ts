import type { WriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createByteTail } from './byte-tail.ts';
import { childEnvironment } from './child-environment.ts';
import { createLineSplitter } from './line-splitter.ts';
import { startLongLived } from './long-lived-process.ts';
import type { Command, ProcessResult, ProcessRunner, RunOptions } from './process.ts';
import { endProcessGroup } from './process-group.ts';
import type { ProcessGuard } from './process-guard.ts';
import { startProblem } from './start-problem.ts';
import type { StartSettings } from './start-settings.ts';

const defaultOutputLimitBytes = 64 * 1024 * 1024;
const stderrTailBytes = 64 * 1024;

export interface ProcessRunnerOptions {
  /** How long a process group has between SIGTERM and SIGKILL; default five seconds. */
  readonly killDelayMs?: number;
  /** Kills what is left behind where this process itself is killed; none by default. */
  readonly guard?: ProcessGuard;
}

/**
 * Child processes of this host, each the leader of a process group of its own. When a process ends, by itself or
 * not, what is left of its group is ended too: SIGTERM, then SIGKILL.
 */
export function createProcessRunner({ killDelayMs = 5000, guard }: ProcessRunnerOptions = {}): ProcessRunner {
  const settings: StartSettings = { killDelayMs, guard };
  return {
    run: (command, options) => run(command, options, settings),
    start: (command, options) => startLongLived(command, settings, options?.signal),
  };
}

async function run(command: Command, options: RunOptions, settings: StartSettings): Promise<ProcessResult> {
  if (options.signal?.aborted) {
    return { ended: 'cancelled', stdout: Buffer.alloc(0), stderr: '' };
  }
  const problem = startProblem(command);
  if (problem !== undefined) {
    return notStarted(problem);
  }
  if (isFileTarget(options.stdoutTo)) {
    const opened = await openForWriting(options.stdoutTo.file);
    if ('startError' in opened) {
      return notStarted(opened.startError);
    }
    try {
      return await runToEnd(command, options, opened.file.createWriteStream({ autoClose: false }), settings);
    } finally {
      await opened.file.close();
    }
  }
  return runToEnd(command, options, 'pipe', settings);
}

function notStarted(startError: string): ProcessResult {
  return { ended: 'not-started', stdout: Buffer.alloc(0), stderr: '', startError };
}

async function runToEnd(
  command: Command,
  options: RunOptions,
  stdout: 'pipe' | WriteStream,
  { killDelayMs, guard }: StartSettings,
): Promise<ProcessResult> {
  const { execa } = await import('execa');
  const limitBytes = options.outputLimitBytes ?? defaultOutputLimitBytes;
  const capture = stdout === 'pipe' && options.stdoutTo === undefined;
  const stop = new AbortController();
  const cancel = (): void => stop.abort('cancelled' satisfies ProcessResult['ended']);
  options.signal?.addEventListener('abort', cancel, { once: true });
  if (options.signal?.aborted) {
    cancel();
  }
  try {
    const child = execa(command.file, [...command.arguments], {
      ...(command.directory === undefined ? {} : { cwd: command.directory }),
      ...(options.stdin === undefined ? { stdin: 'ignore' as const } : { input: options.stdin }),
      env: childEnvironment(command),
      extendEnv: false,
      stdout,
      stderr: 'pipe',
      encoding: 'buffer',
      buffer: { stdout: capture, stderr: false },
      maxBuffer: { stdout: limitBytes },
      stripFinalNewline: false,
      reject: false,
      timeout: options.timeoutMs,
      cancelSignal: stop.signal,
      killDescendants: true,
      forceKillAfterDelay: killDelayMs,
    });
    const leader = child.pid;
    let groupEnded: Promise<void> | undefined;
    if (leader !== undefined) {
      guard?.started(leader);
      child.nodeChildProcess.once('exit', () => {
        groupEnded = endProcessGroup(leader, killDelayMs).finally(() => guard?.ended(leader));
      });
    }

    const tail = createByteTail(stderrTailBytes);
    const errorLines = options.log && createLineSplitter(options.log);
    child.stderr?.on('data', (bytes: Uint8Array) => {
      tail.write(bytes);
      errorLines?.write(bytes);
      if (tail.writtenBytes > limitBytes) {
        stop.abort('output-limit' satisfies ProcessResult['ended']);
      }
    });
    const delivered = stdout === 'pipe' ? deliver(child.stdout, options) : undefined;

    const result = await child;
    await groupEnded;
    await delivered;
    errorLines?.end();
    return {
      ...howItEnded(result, stop.signal),
      stdout: result.stdout instanceof Uint8Array ? Buffer.from(result.stdout) : Buffer.alloc(0),
      stderr: tail.text(),
    };
  } finally {
    options.signal?.removeEventListener('abort', cancel);
  }
}

/** A target that fails closes the pipe, which the process notices; whoever owns the target knows why. */
async function deliver(output: NodeJS.ReadableStream | null, options: RunOptions): Promise<void> {
  if (output === null || options.stdoutTo === undefined || isFileTarget(options.stdoutTo)) {
    return;
  }
  if (options.stdoutTo === 'log') {
    const lines = createLineSplitter(options.log ?? (() => {}));
    output.on('data', (bytes: Uint8Array) => lines.write(bytes));
    await pipelineEnd(output);
    lines.end();
    return;
  }
  await pipeline(output, options.stdoutTo).catch(() => {});
}

function pipelineEnd(output: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve) => {
    output.once('close', () => resolve());
  });
}

interface Ending {
  readonly failed: boolean;
  readonly timedOut: boolean;
  readonly isCanceled: boolean;
  readonly isMaxBuffer: boolean;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly code?: string | undefined;
  readonly originalMessage?: string | undefined;
}

function howItEnded(
  result: Ending,
  stop: AbortSignal,
): Pick<ProcessResult, 'ended' | 'exitCode' | 'signalName' | 'startError'> {
  if (result.timedOut) {
    return { ended: 'timed-out' };
  }
  if (result.isMaxBuffer) {
    return { ended: 'output-limit' };
  }
  if (result.isCanceled) {
    return { ended: stop.reason === 'output-limit' ? 'output-limit' : 'cancelled' };
  }
  if (result.signal !== undefined) {
    return { ended: 'signalled', signalName: result.signal };
  }
  if (result.exitCode !== undefined) {
    return { ended: 'exited', exitCode: result.exitCode };
  }
  return { ended: 'not-started', startError: result.code ?? result.originalMessage ?? 'unknown' };
}

function isFileTarget(target: RunOptions['stdoutTo']): target is { readonly file: string } {
  return typeof target === 'object' && 'file' in target && typeof target.file === 'string';
}

async function openForWriting(
  path: string,
): Promise<{ readonly file: import('node:fs/promises').FileHandle } | { readonly startError: string }> {
  try {
    return { file: await open(path, 'w', 0o644) };
  } catch (error) {
    return { startError: error instanceof Error ? error.message : String(error) };
  }
}
