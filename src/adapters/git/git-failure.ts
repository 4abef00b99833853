import type { Diagnostic } from '../../model/diagnostic.ts';
import { type Failure, failure } from '../../model/result.ts';

/** A git command failed in a way that has no name of its own (SK2004). */
export function gitFailure(
  doing: string,
  outcome: { readonly exitCode?: number | undefined; readonly stderr: string },
): Failure {
  return failure({
    code: 'SK2004',
    severity: 'error',
    message: `git failed while ${doing}: ${firstComplaint(outcome.stderr) || `exit code ${outcome.exitCode ?? 'none'}`}`,
    hint: 'run "git fsck" in the repository; the message above is git\'s own',
  });
}

/** The line of git's stderr that says what is wrong, without its `fatal:`. */
export function firstComplaint(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const line = lines.find((text) => /^(fatal|error):/.test(text)) ?? lines.find((text) => text !== '') ?? '';
  return line.replace(/^(fatal|error): /, '').slice(0, 500);
}

/** A name that git could take for an option, or that it would refuse (SK2014). */
export function refusedName(what: string, name: string): Diagnostic {
  return {
    code: 'SK2014',
    severity: 'error',
    message: `${what} ${JSON.stringify(name)} is refused`,
    hint: 'names must not start with "-" nor hold spaces, control characters, "..", "@{", or any of ~ ^ : ? * [ \\',
    failure: 'stalled',
  };
}
