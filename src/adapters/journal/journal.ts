import type { ActionId } from '../../model/action.ts';
import type { RunOutcome } from '../../model/event.ts';
import type { Result } from '../../model/result.ts';

/** What was tried, kept outside of git until a run is recorded; so that a killed run is seen by the next one. */
export interface Journal {
  /** Begins the journal of a run. A run's journal is written by one process only. */
  open(run: string): Promise<Result<RunJournal>>;
  /** Runs that began and never ended, oldest first, but for those in `running`. */
  interrupted(running: readonly string[]): Promise<readonly InterruptedRun[]>;
}

export interface RunJournal {
  /** Failure SK3030. */
  append(entry: JournalEntry): Promise<Result<void>>;
  /** Waits until everything that was appended is on the disk; to be called before something outside is changed. */
  synchronise(): Promise<Result<void>>;
  close(): Promise<void>;
}

/** `at` is ISO 8601 UTC. */
export type JournalEntry =
  | { readonly type: 'run-started'; readonly at: string; readonly run: string }
  /** Written before an action that changes something outside. */
  | { readonly type: 'effect-started'; readonly at: string; readonly action: ActionId }
  | {
      readonly type: 'action-finished';
      readonly at: string;
      readonly action: ActionId;
      readonly status: string;
    }
  | { readonly type: 'run-finished'; readonly at: string; readonly outcome: RunOutcome };

export interface InterruptedRun {
  readonly run: string;
  /** Time of the last entry. */
  readonly lastEntryAt: string;
  readonly finishedActions: number;
  /** Effects that began and of which it is not known whether they happened. */
  readonly openEffects: readonly ActionId[];
}
