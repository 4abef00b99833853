import type { Failure } from '../../../model/result.ts';
import type { ProcessResult } from '../../process/process.ts';
import { runtimeProblem } from './runtime-problem.ts';

/** The failure that a machine's end means for the host; none where the guest itself decided, or it still runs. */
export function machineEnding(result: ProcessResult | undefined): Failure | undefined {
  switch (result?.ended) {
    case 'cancelled':
      return runtimeProblem(
        'SK6012',
        'the machine was stopped because the run was cancelled',
        'start the run again; finished actions are not repeated',
        'cancelled',
      );
    case 'exited':
      return result.exitCode === 0
        ? undefined
        : notRunning(`ended with exit code ${result.exitCode}`, result.stderr);
    case 'signalled':
      return notRunning(`was ended by ${result.signalName ?? 'a signal'}`, result.stderr);
    default:
      return undefined;
  }
}

function notRunning(how: string, stderr: string): Failure {
  const said = stderr.trim().slice(-2000);
  return runtimeProblem(
    'SK6002',
    `QEMU ${how}${said === '' ? '' : `: ${said}`}`,
    'look at what QEMU said; `sandkiln doctor` shows the versions that work. SIGKILL often means that memory ran out',
    'transient',
  );
}

/** How a machine ended, if it does within that time. */
export async function endedWithin(
  ended: Promise<ProcessResult>,
  timeoutMs: number,
): Promise<ProcessResult | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(1, timeoutMs));
  });
  try {
    return await Promise.race([ended, late]);
  } finally {
    clearTimeout(timer);
  }
}
