import type { RunJournal } from '../../adapters/journal/journal.ts';
import type { Action, ActionId, ActionResult } from '../../model/action.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Emit, RunOutcome } from '../../model/event.ts';
import { actionTriedAgain } from './execute-diagnostic.ts';

export interface RunTeller {
  runStarted(actions: readonly ActionId[]): void;
  actionStarted(action: Action): void;
  /**
   * Notes that an action is about to change something outside. Gives the failure of one that the journal could not
   * hold, and that must not happen therefore.
   */
  effectStarted(action: Action): Promise<ActionResult | undefined>;
  /** Gives the line for the action's log. */
  actionTriedAgain(
    action: Action,
    diagnostics: readonly Diagnostic[],
    failedTries: number,
    delayMs: number,
  ): string;
  actionFinished(action: ActionId, result: ActionResult): void;
  runFinished(outcome: RunOutcome): Promise<void>;
}

/** Tells each step of a run to the renderers and to the journal, in one order. */
export function createRunTeller(options: {
  readonly run: string;
  readonly now: () => string;
  readonly emit: Emit;
  readonly journal: RunJournal;
}): RunTeller {
  const { run, now, emit, journal } = options;
  return {
    runStarted: (actions) => {
      const at = now();
      journal.append({ type: 'run-started', at, run });
      emit({ type: 'run-started', run, at, actions });
    },
    actionStarted: (action) => emit({ type: 'action-started', at: now(), action: action.id }),
    effectStarted: async (action) => {
      const at = now();
      journal.append({ type: 'effect-started', at, action: action.id });
      const synchronised = await journal.synchronise();
      return synchronised.ok
        ? undefined
        : {
            status: 'failed',
            diagnostics: synchronised.diagnostics,
            startedAt: at,
            finishedAt: now(),
            tools: {},
          };
    },
    actionTriedAgain: (action, diagnostics, failedTries, delayMs) => {
      const at = now();
      const diagnostic = actionTriedAgain(action, diagnostics, failedTries, delayMs);
      journal.append({ type: 'action-retried', at, action: action.id, failedTries, delayMs });
      emit({ type: 'diagnostic', at, diagnostic });
      return diagnostic.message;
    },
    actionFinished: (action, result) => {
      const at = now();
      journal.append({ type: 'action-finished', at, action, status: result.status });
      emit({ type: 'action-finished', at, action, result });
    },
    runFinished: async (outcome) => {
      journal.append({ type: 'run-finished', at: now(), outcome });
      // Lost entries make a later message less exact, so they are told and no more.
      const synchronised = await journal.synchronise();
      const at = now();
      for (const diagnostic of synchronised.ok ? [] : synchronised.diagnostics) {
        emit({ type: 'diagnostic', at, diagnostic });
      }
      emit({ type: 'run-finished', at, run, outcome });
    },
  };
}
