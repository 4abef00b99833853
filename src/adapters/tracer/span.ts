/** A span in the sense of OpenTelemetry, ended. Times are ISO 8601 UTC. */
export interface Span {
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** Absent only in a root span without a trace around it. */
  readonly parent: string | undefined;
  readonly name: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  /** What went wrong; absent where nothing did. */
  readonly error?: string;
}

export interface SpanEvent {
  readonly name: string;
  readonly at: string;
  readonly attributes: Attributes;
}

/** Numbers are whole. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;
