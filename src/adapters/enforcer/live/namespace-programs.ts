import { stat } from 'node:fs/promises';
import type { Diagnostic } from '../../../model/diagnostic.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import type { ProcessResult, ProcessRunner } from '../../process/process.ts';
import type { ListPlace } from '../live-enforcer.ts';

/** Programs of this host, run in a network namespace. */
export interface NamespacePrograms {
  /** Tells namespaces apart, whatever path they are named by. */
  readonly identity: string;
  run(file: string, programArguments: readonly string[], stdin?: string): Promise<ProcessResult>;
}

/** SK7301 where the path is not a network namespace. */
export async function namespacePrograms(
  { namespacePath, timeoutMs, signal }: Omit<ListPlace, 'list'>,
  processes: ProcessRunner,
): Promise<Result<NamespacePrograms>> {
  const options = { timeoutMs, ...(signal === undefined ? {} : { signal }) };
  const run: NamespacePrograms['run'] = (file, programArguments, stdin) =>
    processes.run(
      { file: 'nsenter', arguments: [`--net=${namespacePath}`, '--', file, ...programArguments] },
      { ...options, ...(stdin === undefined ? {} : { stdin }) },
    );
  const problem = await missing(namespacePath);
  if (problem !== undefined) {
    return failure(noNamespace(namespacePath, problem));
  }
  const probe = await run('true', []);
  if (!hasPassed(probe)) {
    return failure(noNamespace(namespacePath, reasonOf(probe)));
  }
  const { dev, ino } = await stat(namespacePath);
  return success({ identity: `${dev}-${ino}`, run });
}

export function hasPassed({ ended, exitCode }: ProcessResult): boolean {
  return ended === 'exited' && exitCode === 0;
}

export function reasonOf({ ended, startError, stderr }: ProcessResult): string {
  return startError ?? (stderr.trim().split('\n').slice(0, 3).join(' / ') || ended);
}

async function missing(path: string): Promise<string | undefined> {
  if (!path.startsWith('/')) {
    return 'not an absolute path';
  }
  try {
    await stat(path);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function noNamespace(path: string, reason: string): Diagnostic {
  return {
    code: 'SK7301',
    severity: 'error',
    message: `the network namespace ${JSON.stringify(path)} cannot be entered (${reason})`,
    hint: 'name it by /run/netns/<name> or /proc/<pid>/ns/net, and run as root or as the owner of the namespace',
    failure: 'stalled',
  };
}
