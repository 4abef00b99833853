import type { Timer } from '../../adapters/clock/timer.ts';

/** How long a stage that was told to stop may take, the ladder from SIGTERM to SIGKILL included. */
const stopGraceMs = 60_000;

export interface Deadline {
  /** Aborted by the time-out or the run's own cancellation, whichever comes first. */
  readonly signal: AbortSignal;
  /** Which of the two came first. */
  reason(): 'timed-out' | 'cancelled' | undefined;
  /** What the work gives, or `'abandoned'` where it does not stop {@link stopGraceMs} after it was told to. */
  bound<Value>(work: Promise<Value>): Promise<Value | 'abandoned'>;
  close(): void;
}

/** The time limit of one action, tied to the cancellation of the run. */
export function createDeadline(timer: Timer, timeoutMs: number, runSignal: AbortSignal): Deadline {
  const controller = new AbortController();
  const abandoned = Promise.withResolvers<'abandoned'>();
  let reason: 'timed-out' | 'cancelled' | undefined;
  let graceTimer: { cancel(): void } | undefined;

  function stop(because: 'timed-out' | 'cancelled'): void {
    if (reason === undefined) {
      reason = because;
      graceTimer = timer.after(stopGraceMs, () => abandoned.resolve('abandoned'));
      controller.abort(because);
    }
  }

  const cancel = (): void => stop('cancelled');
  const timeoutTimer = timer.after(timeoutMs, () => stop('timed-out'));
  runSignal.addEventListener('abort', cancel, { once: true });
  if (runSignal.aborted) {
    cancel();
  }
  return {
    signal: controller.signal,
    reason: () => reason,
    bound: (work) => Promise.race([work, abandoned.promise]),
    close: () => {
      timeoutTimer.cancel();
      graceTimer?.cancel();
      runSignal.removeEventListener('abort', cancel);
    },
  };
}
