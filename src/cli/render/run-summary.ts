import type { ActionResult } from '../../model/action.ts';
import { counted } from '../../model/counted.ts';
import type { Event, RunOutcome } from '../../model/event.ts';
import { resultWord } from './action-text.ts';
import { durationText } from './duration-text.ts';

export interface RunSummary {
  add(event: Event): void;
  /** `run ID succeeded: 8 actions, 3 done, 5 cached in 32 s`, and the id of its trace where it has one. */
  text(run: string, outcome: RunOutcome): string;
}

/** Counts how the actions of a run ended. */
export function createRunSummary(): RunSummary {
  const counts = new Map<string, number>();
  let trace: string | undefined;
  let startedAt = '';
  let finishedAt = '';

  function count(result: ActionResult): void {
    const word = resultWord(result);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }

  return {
    add: (event) => {
      startedAt ||= event.at;
      finishedAt = event.at;
      if (event.type === 'run-started') {
        trace = event.trace;
      } else if (event.type === 'action-finished') {
        count(event.result);
      }
    },
    text: (run, outcome) => {
      const all = counts.values().reduce((sum, each) => sum + each, 0);
      const parts = words.flatMap((word) => (counts.has(word) ? [`${counts.get(word)} ${word}`] : []));
      const duration = durationText(Date.parse(finishedAt) - Date.parse(startedAt));
      return `run ${run} ${outcome}: ${[counted(all, 'action'), ...parts].join(', ')} in ${duration}${trace === undefined ? '' : `; trace ${trace}`}`;
    },
  };
}

const words = ['done', 'cached', 'not-needed', 'failed', 'skipped', 'superseded', 'cancelled'];
