import type { Diagnostic } from '../../../model/diagnostic.ts';
import type { FailedEvent } from './protocol.ts';

const shownCharacters = 200;

/**
 * The expected failures of builders of the host; docs/diagnostics/builder.md describes each code. A fault of the
 * builder is no fault of the inputs: it has no failure class, so this run does not try again and the next one does.
 */
export const externalDiagnostic = {
  notStarted(builder: string, file: string, reason: string): Diagnostic {
    return fault(
      'SK4021',
      `the builder ${builder} could not be started: ${file} (${reason})`,
      `correct builders.${builder}.command in the host configuration; it must be a program that may be executed`,
    );
  },
  wrongLine(builder: string, lineNumber: number, line: string, why: string): Diagnostic {
    const shown = JSON.stringify(line.slice(0, shownCharacters));
    return fault(
      'SK4022',
      `the builder ${builder} wrote what is no event to its stdout, line ${lineNumber}: ${why}: ${shown}`,
      'stdout is for events alone; send what programs print to stderr (docs/builders.md)',
    );
  },
  brokenProtocol(builder: string, why: string): Diagnostic {
    return fault(
      'SK4022',
      `the builder ${builder} broke the protocol: ${why}`,
      'see docs/builders.md for the events and their order',
    );
  },
  tooMuch(builder: string, what: string): Diagnostic {
    return fault(
      'SK4023',
      `the builder ${builder} wrote ${what} and was stopped`,
      'look in the log of the stage what it repeats; outputs are handed over as files, not on stdout',
    );
  },
  unusableOutput(builder: string, output: string, why: string): Diagnostic {
    return fault(
      'SK4025',
      `the output ${output} of the builder ${builder} cannot be used: ${why}`,
      'an output is a regular file in the scratch folder of the request, named by an output event before finished',
    );
  },
  otherDigest(builder: string, output: string, told: string, found: string): Diagnostic {
    return fault(
      'SK4026',
      `the builder ${builder} told ${told} as the digest of ${output}, which is ${found}`,
      'the builder has to hash the file after the last write, and leave it alone from then on',
    );
  },
  failed(builder: string, { code, message, hint, failure, until }: FailedEvent): Diagnostic {
    return {
      code: 'SK4027',
      severity: 'error',
      message: `the builder ${builder} failed: ${message} (${code})`,
      hint: hint === '' ? 'look in the log of the stage' : hint,
      failure: failure ?? 'stalled',
      ...(failure === 'waiting' && until !== undefined ? { until } : {}),
    };
  },
  unusableDescription(builder: string, why: string): Diagnostic {
    return fault(
      'SK4028',
      `the builder ${builder} does not say what it is: ${why}`,
      'run its command by hand with {"protocol":1,"operation":"describe"} on stdin; docs/builders.md has the answer',
    );
  },
  unusableLock(builder: string, why: string): Diagnostic {
    return fault(
      'SK4029',
      `the package lock of the builder ${builder} cannot be used: ${why}`,
      'see docs/builders.md for the form of a lock',
    );
  },
} as const;

function fault(code: Diagnostic['code'], message: string, hint: string): Diagnostic {
  return { code, severity: 'error', message, hint };
}
