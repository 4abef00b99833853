import { spawn } from 'node:child_process';
import { gitEnvironment } from './git-environment.ts';
import type { GitPlace } from './git-place.ts';

export interface ReferenceChange {
  readonly reference: string;
  readonly next: string;
  /** The null id: it must not be there. */
  readonly expected: string;
}

/** A ref that is locked at its expected value until one of the two is called. */
export interface PreparedChange {
  readonly status: 'prepared';
  commit(): Promise<TransactionEnd>;
  abort(): Promise<void>;
}

export interface TransactionEnd {
  readonly exitCode: number | undefined;
  readonly stderr: string;
}

/**
 * Locks a ref with `git update-ref --stdin`, if it is where it is expected to be: from then on nobody else can move
 * it, so what belongs to the change can be done before it is seen. The lock is git's: when this program dies, git
 * sees the end of its input, moves nothing and unlocks.
 */
export async function prepareReferenceChange(
  place: GitPlace,
  change: ReferenceChange,
): Promise<PreparedChange | ({ readonly status: 'refused' } & TransactionEnd)> {
  const child = spawn('git', ['update-ref', '-m', 'sandkiln: records of a run', '--stdin'], {
    cwd: place.directory,
    env: gitEnvironment(place.host, 'write'),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => {
    stderr += error.message;
  });
  const ended = new Promise<TransactionEnd>((resolve) => {
    child.on('close', (exitCode) => resolve({ exitCode: exitCode ?? undefined, stderr }));
  });
  const prepared = new Promise<'prepared'>((resolve) => {
    let said = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      said += text;
      if (said.includes('prepare: ok\n')) {
        resolve('prepared');
      }
    });
  });
  child.stdin.write(`start\nupdate ${change.reference} ${change.next} ${change.expected}\nprepare\n`);
  const first = await Promise.race([prepared, ended]);
  if (first !== 'prepared') {
    return { status: 'refused', ...first };
  }
  return {
    status: 'prepared',
    commit() {
      child.stdin.end('commit\n');
      return ended;
    },
    async abort() {
      child.stdin.end('abort\n');
      await ended;
    },
  };
}
