import type { DiagnosticCode } from '../model/diagnostic.ts';

/** What is wrong with a text, wherever it stands. */
export interface TextProblem {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint: string;
}

/** What is wrong with an entry, and where in it. */
export interface EntryProblem extends TextProblem {
  readonly severity: 'error' | 'warning';
  /** RFC 6901, from the entry: `/match/cidr`; empty for the entry as a whole. */
  readonly pointer: string;
  /** Set where the key is meant, and not its value. */
  readonly part?: 'key';
}

export function entryError(pointer: string, problem: TextProblem): EntryProblem {
  return { ...problem, severity: 'error', pointer };
}
