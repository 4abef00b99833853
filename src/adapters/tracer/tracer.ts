import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Emit } from '../../model/event.ts';

/** Follows one run by its events and sends it somewhere as a trace. It never fails a run and never holds it up. */
export interface RunTracer {
  /** 32 hexadecimal digits (W3C Trace Context, section 3.2.2.3): the run's own trace, or that of the CI job around it. */
  readonly traceId: string;
  readonly emit: Emit;
  /**
   * Ends what is still open and sends the rest. Comes back within {@link endLimitMs} whatever the other side does;
   * the warnings tell what got lost (SK9041).
   */
  end(): Promise<readonly Diagnostic[]>;
}

/** The longest time that {@link RunTracer.end} takes. */
export const endLimitMs = 2000;
