import type { ActionId } from '../../model/action.ts';
import type { RunOutcome } from '../../model/event.ts';
import type { Result } from '../../model/result.ts';

/** What was tried, kept outside of git until a run is recorded; so that a killed run is seen by the next one. */
export interface Journal {
  /** Begins the journal of a run. A run's journal is written by one process only. */
  open(run: string): Promise<Result<RunJournal>>;
  /**
   * Runs that began, never ended and are not at work now, oldest first. Those before a run that came to its end are
   * left out: it has made good for them.
   */
  interrupted(): Promise<readonly InterruptedRun[]>;
}

export interface RunJournal {
  /** Keeps the entry for the next group that is written, soon. A failure is told by {@link synchronise}. */
  append(entry: JournalEntry): void;
  /**
   * Waits until everything that was appended is on the disk; to be called before something outside is changed.
   * Failure SK3030, also where an earlier group was lost.
   */
  synchronise(): Promise<Result<void>>;
  /** Writes what waits. */
  close(): Promise<void>;
}

/** `at` is ISO 8601 UTC. */
export type JournalEntry =
  | { readonly type: 'run-started'; readonly at: string; readonly run: string }
  /** On the disk before an action that changes something outside. */
  | { readonly type: 'effect-started'; readonly at: string; readonly action: ActionId }
  | {
      readonly type: 'action-retried';
      readonly at: string;
      readonly action: ActionId;
      readonly failedTries: number;
      readonly delayMs: number;
    }
  | {
      readonly type: 'action-finished';
      readonly at: string;
      readonly action: ActionId;
      readonly status: string;
    }
  /** Every action has ended. */
  | { readonly type: 'run-finished'; readonly at: string; readonly outcome: RunOutcome }
  /** On the disk before the results are signed, recorded and pushed, or handed to whoever will. */
  | { readonly type: 'handover-started'; readonly at: string }
  | { readonly type: 'handover-finished'; readonly at: string };

export interface InterruptedRun {
  readonly run: string;
  /** Time of the last entry. */
  readonly lastEntryAt: string;
  readonly finishedActions: number;
  /** Effects that began and of which it is not known whether they happened. */
  readonly openEffects: readonly ActionId[];
  /** Every action had ended, and the results may or may not be recorded. */
  readonly inHandover: boolean;
  /** `unknown`: it was started in another container or namespace, where it may still be at work. */
  readonly process: 'ended' | 'unknown';
}
