import type { Diagnostic } from '../../model/diagnostic.ts';

/** SK7210: a list that a language cannot say as a whole. */
export function notSayable(message: string, hint: string): Diagnostic {
  return { code: 'SK7210', severity: 'error', message, hint };
}

/** SK7210: no file can be named after the list. */
export function unusableListName(list: string): Diagnostic {
  return notSayable(
    `no file can be named after the list ${JSON.stringify(list.slice(0, 200))}`,
    'give the list a name of at most 128 lower-case letters, digits and dashes',
  );
}

/** SK7211: a file that the enforcer did not write. */
export function notInItsForm(what: string): Diagnostic {
  return {
    code: 'SK7211',
    severity: 'error',
    message: `an exported file is not in the form that sandkiln writes, at ${JSON.stringify(what.slice(0, 200))}`,
    hint: 'export the list again; files that were edited by hand cannot be read back',
  };
}

/** SK7212: a program did not accept a file that was written for it. */
export function refusedByProgram(program: string, name: string, said: string): Diagnostic {
  const reason = said.trim().split('\n').slice(0, 3).join(' / ') || 'it gave no reason';
  return {
    code: 'SK7212',
    severity: 'error',
    message: `${program} does not accept ${name}: ${reason}`,
    hint: `look at the file with \`sandkiln allow-list export\`; install ${program} if it is missing, and report the list if it is not`,
    failure: 'stalled',
  };
}
