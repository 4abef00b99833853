import { failure, type Result, success } from '../../model/result.ts';
import type { Command, ProcessResult, ProcessRunner, RunOptions } from '../process/process.ts';
import { processFailure, processSucceeded } from '../process/process-diagnostic.ts';
import type { WorkContext } from '../work-context.ts';

/**
 * Runs a packing tool within the job's limits, its messages in the job's log. SK5020 where it fails; a missing
 * program, a time-out and a cancellation keep their own codes.
 */
export async function runTool(
  processes: ProcessRunner,
  command: Command,
  context: WorkContext,
  options: { readonly what: string } & Pick<RunOptions, 'stdin' | 'stdoutTo'>,
): Promise<Result<ProcessResult>> {
  const { what, ...streams } = options;
  const result = await processes.run(command, {
    timeoutMs: context.timeoutMs,
    signal: context.signal,
    log: context.log,
    ...streams,
  });
  if (processSucceeded(result)) {
    return success(result);
  }
  const isFull = /No space left on device/i.test(result.stderr);
  const hint = isFull
    ? 'free space in the scratch folder, then try again'
    : 'look in the log of the pack action';
  const diagnostic = processFailure(command, result, { code: 'SK5020', what, hint });
  return failure(isFull ? { ...diagnostic, failure: 'transient' } : diagnostic);
}
