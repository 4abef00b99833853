/** `SK` and four digits; each has an entry in docs/diagnostics.md and never changes its meaning. */
export type DiagnosticCode = `SK${number}`;

/** Line and column count from 1; a column counts UTF-16 units, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where in a file something stands; `end` is exclusive. */
export interface Place {
  readonly file: string;
  readonly start?: Position;
  readonly end?: Position;
  /** The text of the first line, for the marker under the place. */
  readonly sourceLine?: string;
}

/** An expected failure or a warning, as a value. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: 'error' | 'warning' | 'note';
  /** What happened: one sentence, lower-case start, with the name. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
  readonly place?: Place;
  /** Other places that belong to it, such as the first of two duplicates. */
  readonly related?: readonly { readonly message: string; readonly place: Place }[];
  /** Whether the same inputs would fail again (`stalled`), or another try may pass: soon, or `waiting` for a time. */
  readonly failure?: 'stalled' | 'transient' | 'waiting' | 'cancelled' | 'timed-out';
  /** With `waiting`: when another try makes sense, ISO 8601 UTC. */
  readonly until?: string;
}
