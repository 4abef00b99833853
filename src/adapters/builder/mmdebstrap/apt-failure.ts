import type { Diagnostic } from '../../../model/diagnostic.ts';
import type { ProcessResult } from '../../process/process.ts';
import { processFailure } from '../../process/process-diagnostic.ts';
import { builderDiagnostic } from './builder-diagnostic.ts';

/** The diagnostic of a failed `apt-get update`: out of reach, not signed as it must be, or stopped. */
export function aptFailure(result: ProcessResult, mirror: string): Diagnostic {
  if (result.ended !== 'exited') {
    return processFailure({ file: 'apt-get', arguments: [] }, result, {
      code: 'SK4005',
      what: `reading the package indexes of ${mirror}`,
      hint: 'run again',
    });
  }
  const said = errorLines(result.stderr);
  return /NO_PUBKEY|BADSIG|EXPKEYSIG|is not signed|signatures (?:were|couldn't|could not)|clearsigned/i.test(
    result.stderr,
  )
    ? builderDiagnostic.untrustedIndex(mirror, said)
    : builderDiagnostic.mirrorFailed(mirror, said);
}

/** What apt printed as errors, shortened; else the end of what it printed. */
export function errorLines(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line !== '');
  const errors = lines.filter((line) => line.startsWith('E: ')).map((line) => line.slice(3));
  return (errors.length > 0 ? errors.slice(0, 5) : lines.slice(-5)).join('; ').slice(0, 1000);
}
