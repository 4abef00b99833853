import type { Timer } from '../../adapters/clock/timer.ts';

/** How long a stage that was told to stop may take, the ladder from SIGTERM to SIGKILL included. */
const stopGraceMs = 60_000;

type StopReason = 'timed-out' | 'cancelled';

/** The time limit of one action, tied to the cancellation of the run. */
export interface Deadline {
  /** Aborted by the time-out or the run's own cancellation, whichever comes first. */
  readonly signal: AbortSignal;
  /** Which of the two came first. */
  reason(): StopReason | undefined;
  /** What the work gives, or `'abandoned'` where it does not stop {@link stopGraceMs} after it was told to. */
  bound<Value>(work: Promise<Value>): Promise<Value | 'abandoned'>;
  close(): void;
}

/** Makes the deadlines of a run's actions. */
export interface Deadlines {
  open(timeoutMs: number): Deadline;
  /** After it the run's cancellation is not listened to any more. */
  close(): void;
}

/** One listener for all actions of a run; the signal of an action is made when somebody asks for it. */
export function createDeadlines(timer: Timer, runSignal: AbortSignal): Deadlines {
  const open = new Set<(because: StopReason) => void>();
  const cancel = (): void => {
    for (const stop of [...open]) {
      stop('cancelled');
    }
  };
  runSignal.addEventListener('abort', cancel, { once: true });
  return {
    open: (timeoutMs) => openDeadline(timer, timeoutMs, runSignal, open),
    close: () => runSignal.removeEventListener('abort', cancel),
  };
}

function openDeadline(
  timer: Timer,
  timeoutMs: number,
  runSignal: AbortSignal,
  open: Set<(because: StopReason) => void>,
): Deadline {
  let controller: AbortController | undefined;
  let reason: StopReason | undefined;
  let graceTimer: { cancel(): void } | undefined;
  let abandon = (): void => {};

  function stop(because: StopReason): void {
    if (reason === undefined) {
      reason = because;
      graceTimer = timer.after(stopGraceMs, () => abandon());
      controller?.abort(because);
    }
  }

  const timeoutTimer = timer.after(timeoutMs, () => stop('timed-out'));
  open.add(stop);
  if (runSignal.aborted) {
    stop('cancelled');
  }
  return {
    get signal() {
      if (controller === undefined) {
        controller = new AbortController();
        if (reason !== undefined) {
          controller.abort(reason);
        }
      }
      return controller.signal;
    },
    reason: () => reason,
    bound: (work) =>
      new Promise((resolve, reject) => {
        abandon = () => resolve('abandoned');
        work.then(resolve, reject);
      }),
    close: () => {
      open.delete(stop);
      timeoutTimer.cancel();
      graceTimer?.cancel();
    },
  };
}
