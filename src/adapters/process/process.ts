import type { Readable, Writable } from 'node:stream';

/** A program to run: argument array, clean environment, no shell. */
export interface Command {
  readonly file: string;
  readonly arguments: readonly string[];
  readonly directory?: string;
  /** The whole environment but for PATH, LC_ALL=C.UTF-8, TZ=UTC and HOME, which the adapter sets. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface RunOptions {
  readonly stdin?: Uint8Array | string | Readable;
  /** The whole process group gets SIGTERM after this time, SIGKILL five seconds later. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Captured bytes of each stream beyond which the process is ended; default 64 MiB. */
  readonly outputLimitBytes?: number;
  /** Each line of stderr, and of stdout with `stdoutTo: 'log'`; a line longer than 64 KiB comes in pieces. */
  readonly log?: (line: string) => void;
  /** Where stdout goes instead of being captured. A stream is ended with the output; a file is made anew. */
  readonly stdoutTo?: Writable | { readonly file: string } | 'log';
}

/** The same shape however the process ended; the first reason wins. */
export interface ProcessResult {
  readonly ended: 'exited' | 'signalled' | 'timed-out' | 'cancelled' | 'output-limit' | 'not-started';
  /** Set where `ended` is `exited`. */
  readonly exitCode?: number;
  readonly signalName?: string;
  readonly stdout: Buffer;
  /** The last 64 KiB. */
  readonly stderr: string;
  /** Why it did not start, such as ENOENT. */
  readonly startError?: string;
}

/** A process that lives for longer than one question. */
export interface LongLivedProcess {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly ended: Promise<ProcessResult>;
  /** Ends the whole process group by the same ladder. */
  stop(): Promise<ProcessResult>;
}

export interface ProcessRunner {
  run(command: Command, options: RunOptions): Promise<ProcessResult>;
  start(
    command: Command,
    options?: { readonly signal?: AbortSignal },
  ): Promise<LongLivedProcess | { readonly startError: string }>;
}
