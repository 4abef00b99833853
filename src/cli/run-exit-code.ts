import type { BuildResult } from '../model/build-result.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-code.ts';

/** 0 where everything was done, 10 where something was, else the code of the first failure. */
export function runExitCode(result: BuildResult, stalled: number): ExitCode {
  if (result.outcome === 'cancelled') {
    return exitCodes.cancelled;
  }
  if (result.outcome === 'partial') {
    return exitCodes.partlyDone;
  }
  if (result.outcome === 'failed') {
    const results = result.changes.flatMap((change) => Object.values(change.actions));
    const diagnostics = results.flatMap((action) => (action.status === 'failed' ? action.diagnostics : []));
    const code = exitCodeOf(diagnostics);
    return code === exitCodes.ok ? exitCodes.error : code;
  }
  return stalled > 0 ? exitCodes.partlyDone : exitCodes.ok;
}
