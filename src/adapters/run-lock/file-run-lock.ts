import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { isJsonObject } from '../../model/json.ts';
import { failure, success } from '../../model/result.ts';
import type { Clock } from '../clock/clock.ts';
import type { LongLivedProcess, ProcessRunner } from '../process/process.ts';
import type { RunLock, RunLockHolder } from './run-lock.ts';

/** Exit code of flock(1) for a lock that somebody else has. */
const heldExitCode = 75;

export interface FileRunLockOptions {
  /** The lock file, in the git directory that the work trees share. It stays when the lock is given back. */
  readonly path: string;
  readonly processes: ProcessRunner;
  readonly clock: Clock;
}

/**
 * A lock of the kernel on a file (flock(2)), held by a child that ends when its input is closed. So there are no
 * stale locks: a process that is killed gives its lock back, also in another container. The file only tells who has it.
 */
export function createFileRunLock({ path, processes, clock }: FileRunLockOptions): RunLock {
  return {
    acquire: async ({ run, timeoutMs, signal }) => {
      try {
        await mkdir(dirname(path), { recursive: true });
      } catch (error) {
        return failure(unusable(path, error instanceof Error ? error.message : String(error)));
      }
      const child = await processes.start(
        {
          file: 'flock',
          arguments: [
            '--exclusive',
            '--no-fork',
            '--conflict-exit-code',
            String(heldExitCode),
            '--timeout',
            (timeoutMs / 1000).toFixed(3),
            path,
            'cat',
          ],
        },
        signal === undefined ? {} : { signal },
      );
      if (signal?.aborted && 'startError' in child) {
        return failure(cancelled());
      }
      if ('startError' in child) {
        return failure(unusable(path, `flock did not start: ${child.startError}`));
      }
      if (await answers(child)) {
        const holder: RunLockHolder = {
          run,
          pid: process.pid,
          host: hostname(),
          since: clock.now().toISOString(),
        };
        try {
          await writeFile(path, `${JSON.stringify(holder)}\n`);
        } catch (error) {
          child.stdin.end();
          await child.ended;
          return failure(unusable(path, error instanceof Error ? error.message : String(error)));
        }
        return success({
          [Symbol.asyncDispose]: async () => {
            child.stdin.end();
            await child.ended;
          },
        });
      }
      const result = await child.ended;
      if (result.ended === 'cancelled') {
        return failure(cancelled());
      }
      return failure(
        result.exitCode === heldExitCode
          ? held(path, await readHolder(path))
          : unusable(
              path,
              result.stderr.trim() || `flock ended with ${result.exitCode ?? result.signalName}`,
            ),
      );
    },
  };
}

/** `cat` starts once the lock is there; then it gives back the line that waits for it. */
async function answers(child: LongLivedProcess): Promise<boolean> {
  child.stdin.write('\n');
  for await (const _ of child.stdout.iterator({ destroyOnReturn: false })) {
    return true;
  }
  return false;
}

async function readHolder(path: string): Promise<RunLockHolder | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isHolder(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHolder(value: unknown): value is RunLockHolder {
  return (
    isJsonObject(value) &&
    typeof value['run'] === 'string' &&
    typeof value['pid'] === 'number' &&
    typeof value['host'] === 'string' &&
    typeof value['since'] === 'string'
  );
}

function held(path: string, holder: RunLockHolder | undefined): Diagnostic {
  const who =
    holder === undefined
      ? 'another process'
      : `run ${holder.run} (process ${holder.pid} on ${holder.host}, since ${holder.since})`;
  return {
    code: 'SK3040',
    severity: 'error',
    message: `${who} is at work on this clone`,
    hint: `wait for it with --lock-timeout, or end it; the lock ${path} is given back when it ends`,
    failure: 'transient',
  };
}

function unusable(path: string, reason: string): Diagnostic {
  return {
    code: 'SK3041',
    severity: 'error',
    message: `the lock ${path} could not be taken (${reason})`,
    hint: 'look whether the git directory may be written and flock (package util-linux) is installed',
    failure: 'transient',
  };
}

function cancelled(): Diagnostic {
  return {
    code: 'SK3103',
    severity: 'error',
    message: 'waiting for the lock was cancelled',
    hint: 'run the command again',
    failure: 'cancelled',
  };
}
