/** The span that is around a run, and whether its trace is kept at all. */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
}

/**
 * Reads a `traceparent` (W3C Trace Context, section 3.2.2). As the specification asks, a later version counts by its
 * first four fields, and what is malformed counts as absent.
 */
export function parseTraceParent(text: string): TraceParent | undefined {
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/s.exec(text.trim());
  const [, version = '', traceId = '', spanId = '', flags = '', rest] = match ?? [];
  const malformed =
    match === null ||
    version === 'ff' ||
    (version === '00' && rest !== undefined) ||
    /^0+$/.test(traceId) ||
    /^0+$/.test(spanId);
  return malformed ? undefined : { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
