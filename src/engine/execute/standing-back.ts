import type { Clock } from '../../adapters/clock/clock.ts';
import type { Timer } from '../../adapters/clock/timer.ts';
import type { Action, ActionId } from '../../model/action.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type RetryPolicy, retryAfterMs } from './retry.ts';

/** Actions that wait for their next try. */
export interface StandingBack {
  /** How long the action has to wait; nothing where it is not tried again. */
  delayMs(diagnostics: readonly Diagnostic[], failedTries: number): number | undefined;
  /** Resolves with true when the action goes on, with false where it was told to end. */
  wait(action: Action, delayMs: number): Promise<boolean>;
  /** Tells an action to end, if it waits here. */
  end(action: ActionId): void;
  endAll(): void;
}

/** `due` puts an action that has waited in line again; whoever takes it from there tells it whether it goes on. */
export function createStandingBack(options: {
  readonly clock: Clock;
  readonly timer: Timer;
  readonly retry: RetryPolicy | undefined;
  readonly due: (action: Action, resume: (goOn: boolean) => void) => void;
}): StandingBack {
  const { clock, timer, retry = defaultRetry, due } = options;
  const waiting = new Map<ActionId, () => void>();
  const end = (action: ActionId): void => waiting.get(action)?.();
  return {
    delayMs: (diagnostics, failedTries) =>
      retryAfterMs(diagnostics, failedTries, clock.now().getTime(), retry),
    wait: (action, delayMs) => {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const handle = timer.after(delayMs, () => {
        waiting.delete(action.id);
        due(action, resolve);
      });
      waiting.set(action.id, () => {
        waiting.delete(action.id);
        handle.cancel();
        resolve(false);
      });
      return promise;
    },
    end,
    endAll: () => [...waiting.keys()].forEach(end),
  };
}

const defaultRetry: RetryPolicy = { tries: 3, random: Math.random };
