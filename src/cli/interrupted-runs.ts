import type { InterruptedRun } from '../adapters/journal/journal.ts';
import { openJournal, type Workspace } from '../compose.ts';
import { actionText } from './render/action-text.ts';
import { printable } from './render/printable.ts';

/** Runs of this clone that were killed and that no later run has made good for. */
export async function interruptedRuns(workspace: Workspace): Promise<readonly InterruptedRun[]> {
  return (await openJournal(workspace)).interrupted();
}

/** A line for each, and what follows from it. */
export function interruptedText(runs: readonly InterruptedRun[]): string {
  return runs.map((run) => `${printable(lineOf(run))}\n`).join('');
}

function lineOf({
  run,
  lastEntryAt,
  finishedActions,
  openEffects,
  inHandover,
  process,
}: InterruptedRun): string {
  const end = process === 'ended' ? 'was interrupted' : 'began in another container and may be at work there';
  const done = inHandover ? 'all actions had ended' : `${finishedActions} actions had ended`;
  const doubt = openEffects.length === 0 ? '' : `; not known: ${openEffects.map(actionText).join(', ')}`;
  return `run ${run} ${end} at ${lastEntryAt}: ${done}${doubt}; the next reconcile goes on from there`;
}
