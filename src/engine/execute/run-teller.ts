import type { Clock } from '../../adapters/clock/clock.ts';
import type { JournalEntry, RunJournal } from '../../adapters/journal/journal.ts';
import type { Action, ActionId, ActionResult } from '../../model/action.ts';
import type { Emit, RunOutcome } from '../../model/event.ts';

export interface RunTeller {
  runStarted(actions: readonly ActionId[]): Promise<void>;
  /** The failure of an effect that the journal could not hold, and that must not happen therefore. */
  actionStarted(action: Action): Promise<ActionResult | undefined>;
  actionFinished(action: ActionId, result: ActionResult): Promise<void>;
  runFinished(outcome: RunOutcome): Promise<void>;
}

/** Tells each step of a run to the renderers and to the journal, in one order. */
export function createRunTeller(options: {
  readonly run: string;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly journal: RunJournal;
}): RunTeller {
  const { run, emit, journal } = options;
  const now = (): string => options.clock.now().toISOString();

  /** A lost entry makes a later message less exact, so it is told and no more. */
  async function note(entry: JournalEntry): Promise<void> {
    const appended = await journal.append(entry);
    for (const diagnostic of appended.ok ? [] : appended.diagnostics) {
      emit({ type: 'diagnostic', at: now(), diagnostic });
    }
  }

  return {
    runStarted: async (actions) => {
      const at = now();
      emit({ type: 'run-started', run, at, actions });
      await note({ type: 'run-started', at, run });
    },
    actionStarted: async (action) => {
      const at = now();
      emit({ type: 'action-started', at, action: action.id });
      if (action.effect === 'pure') {
        return undefined;
      }
      const appended = await journal.append({ type: 'effect-started', at, action: action.id });
      const synchronised = appended.ok ? await journal.synchronise() : appended;
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
    actionFinished: async (action, result) => {
      const at = now();
      emit({ type: 'action-finished', at, action, result });
      await note({ type: 'action-finished', at, action, status: result.status });
    },
    runFinished: async (outcome) => {
      const at = now();
      await note({ type: 'run-finished', at, outcome });
      emit({ type: 'run-finished', at, run, outcome });
    },
  };
}
