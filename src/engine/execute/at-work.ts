import type { Action, ActionId, ActionResult } from '../../model/action.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ReadyAction } from './ready-queue.ts';
import type { RedactLine } from './redact.ts';
import type { HostResources } from './resource-limits.ts';
import type { RunTeller } from './run-teller.ts';
import type { StandingBack } from './standing-back.ts';

/** The actions that have started and not ended, and what they use of the host. */
export interface AtWork {
  /** Those that wait for their next try included. */
  readonly count: number;
  /** Starts an action that has its resources, or lets it go on. */
  start(next: ReadyAction): void;
  /**
   * Lets an action whose try failed leave what it uses to others until it is time, and stand in line again then.
   * Nothing where it is not tried again.
   */
  standBack(
    action: Action,
    diagnostics: readonly Diagnostic[],
    failedTries: number,
    write: (line: string) => void,
  ): Promise<boolean> | undefined;
}

export interface EndedAction {
  readonly action: Action;
  readonly result: ActionResult;
}

export function createAtWork(options: {
  readonly resources: HostResources;
  readonly standingBack: StandingBack;
  readonly tell: RunTeller;
  readonly redact: RedactLine;
  readonly run: (action: Action) => Promise<ActionResult>;
  readonly mayTryAgain: (action: Action) => boolean;
  /** Told after each change: an action ended, or gave back what it used. */
  readonly changed: (ended?: EndedAction) => void;
  /** Told of exceptions, which are bugs of the engine. */
  readonly broken: (error: unknown) => void;
}): AtWork {
  const { resources, standingBack, tell, redact, run, mayTryAgain, changed, broken } = options;
  const using = new Map<ActionId, ReadyAction>();
  let count = 0;

  /** False where the action used nothing. */
  function giveBack({ id }: Action): boolean {
    const held = using.get(id);
    if (held !== undefined) {
      resources.giveBack(held.demand);
    }
    return using.delete(id);
  }

  /** An effect that the journal could not hold does not happen. */
  async function runEffect(action: Action): Promise<ActionResult> {
    return (await tell.effectStarted(action)) ?? run(action);
  }

  return {
    get count() {
      return count;
    },
    start: (next) => {
      const { action, resume } = next;
      using.set(action.id, next);
      if (resume !== undefined) {
        resume(true);
        return;
      }
      count += 1;
      tell.actionStarted(action);
      const ended = action.effect === 'effect' ? runEffect(action) : run(action);
      ended.then((result) => {
        giveBack(action);
        count -= 1;
        changed({ action, result });
      }, broken);
    },
    standBack: (action, diagnostics, failedTries, write) => {
      const delayMs = standingBack.delayMs(diagnostics, failedTries);
      if (delayMs === undefined || !mayTryAgain(action) || !giveBack(action)) {
        return undefined;
      }
      write(redact(tell.actionTriedAgain(action, diagnostics, failedTries, delayMs)));
      const again = standingBack.wait(action, delayMs);
      changed();
      return again;
    },
  };
}
