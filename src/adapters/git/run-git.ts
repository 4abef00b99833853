import { spawn } from 'node:child_process';

/** A git command that works on this machine alone and ends by itself. */
export interface GitCall {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly arguments: readonly string[];
  readonly stdin?: Uint8Array | string;
  /** Sees each piece of the output; `true` ends the process, as everything asked for is there. */
  readonly enough?: (piece: Buffer) => boolean;
}

export interface GitOutcome {
  /** Absent where git was not started or was ended by a signal. */
  readonly exitCode: number | undefined;
  readonly stdout: Buffer;
  /** The last 64 KiB. */
  readonly stderr: string;
  /** ENOENT and its like: git could not be started. */
  readonly startError?: string;
}

/**
 * Starts git directly, not through the process port: a plan that finds nothing to do starts three of these, and they
 * must not wait for a library to load.
 */
export function runGit(call: GitCall): Promise<GitOutcome> {
  return new Promise((resolve) => {
    const child = spawn('git', [...call.arguments], {
      cwd: call.directory,
      env: { ...call.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    let stderr = '';
    let startError: string | undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      output.push(chunk);
      if (call.enough?.(chunk)) {
        child.kill();
      }
    });
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(-stderrLimitCharacters);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      startError = error.code ?? error.message;
    });
    // A command that fails early closes its input before all is written; its exit code tells the story.
    child.stdin.on('error', () => undefined);
    child.stdin.end(call.stdin);
    child.on('close', (exitCode) => {
      resolve({
        exitCode: startError === undefined ? (exitCode ?? undefined) : undefined,
        stdout: Buffer.concat(output),
        stderr,
        ...(startError === undefined ? {} : { startError }),
      });
    });
  });
}

const stderrLimitCharacters = 64 * 1024;
