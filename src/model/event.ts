import type { ActionId, ActionResult } from './action.ts';
import type { Diagnostic } from './diagnostic.ts';

/**
 * Everything that an execution tells. The engine emits, renderers only consume, nothing else prints. Times are
 * ISO 8601 UTC.
 */
export type Event =
  | {
      readonly type: 'run-started';
      readonly run: string;
      readonly at: string;
      readonly actions: readonly ActionId[];
      /** Id of its trace (W3C Trace Context); absent where the run is not traced. */
      readonly trace?: string;
    }
  | { readonly type: 'action-started'; readonly at: string; readonly action: ActionId }
  | { readonly type: 'action-output'; readonly at: string; readonly action: ActionId; readonly line: string }
  | {
      readonly type: 'action-slow';
      readonly at: string;
      readonly action: ActionId;
      readonly warnAfterMs: number;
    }
  | {
      readonly type: 'action-finished';
      readonly at: string;
      readonly action: ActionId;
      readonly result: ActionResult;
    }
  | { readonly type: 'diagnostic'; readonly at: string; readonly diagnostic: Diagnostic }
  | { readonly type: 'run-finished'; readonly at: string; readonly run: string; readonly outcome: RunOutcome }
  | {
      readonly type: 'recorded';
      readonly at: string;
      readonly run: string;
      /** The commit that holds the records; absent where nothing changed. */
      readonly commit?: string;
      readonly images: readonly string[];
      readonly allowLists: readonly string[];
    };

export type RunOutcome = 'succeeded' | 'failed' | 'partial' | 'cancelled';

export type Emit = (event: Event) => void;
