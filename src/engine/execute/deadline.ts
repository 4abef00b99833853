import type { Timer, TimerHandle } from '../../adapters/clock/timer.ts';
import type { ActionId } from '../../model/action.ts';

/** How long a stage that was told to stop may take, the ladder from SIGTERM to SIGKILL included. */
const stopGraceMs = 60_000;

type StopReason = 'timed-out' | 'cancelled' | 'withdrawn';

/** The time limit of one action, tied to the cancellation of the run and to its own withdrawal. */
export interface Deadline {
  /** Aborted by the time-out, the cancellation of the run or the withdrawal of the action, whichever comes first. */
  signal(): AbortSignal;
  /** Which of them came first. */
  reason(): StopReason | undefined;
  /** What the work gives, or `'abandoned'` where it does not stop {@link stopGraceMs} after it was told to. */
  bound<Value>(work: Promise<Value>): Promise<Value | 'abandoned'>;
  close(): void;
}

/** Makes the deadlines of a run's actions. */
export interface Deadlines {
  open(action: ActionId, timeoutMs: number): Deadline;
  /** Stops the action if it is at work. */
  withdraw(action: ActionId): void;
  /** After it the run's cancellation is not listened to any more. */
  close(): void;
}

/** One listener for all actions of a run. */
export function createDeadlines(timer: Timer, runSignal: AbortSignal): Deadlines {
  const open: OpenDeadlines = new Map();
  const cancel = (): void => {
    for (const stop of [...open.values()]) {
      stop('cancelled');
    }
  };
  runSignal.addEventListener('abort', cancel, { once: true });
  return {
    open: (action, timeoutMs) => {
      const deadline = openDeadline(action, timeoutMs, timer, open);
      if (runSignal.aborted) {
        open.get(action)?.('cancelled');
      }
      return deadline;
    },
    withdraw: (action) => open.get(action)?.('withdrawn'),
    close: () => runSignal.removeEventListener('abort', cancel),
  };
}

/** How those of the actions at work are stopped. */
type OpenDeadlines = Map<ActionId, (because: StopReason) => void>;

function openDeadline(action: ActionId, timeoutMs: number, timer: Timer, open: OpenDeadlines): Deadline {
  let controller: AbortController | undefined;
  let reason: StopReason | undefined;
  let graceTimer: TimerHandle | undefined;
  let abandon = (): void => {};

  function stop(because: StopReason): void {
    if (reason === undefined) {
      reason = because;
      graceTimer = timer.after(stopGraceMs, () => abandon());
      controller?.abort(because);
    }
  }

  const timeoutTimer = timer.after(timeoutMs, () => stop('timed-out'));
  open.set(action, stop);
  return {
    signal: () => {
      controller ??= new AbortController();
      if (reason !== undefined) {
        controller.abort(reason);
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
      open.delete(action);
      timeoutTimer.cancel();
      graceTimer?.cancel();
    },
  };
}
