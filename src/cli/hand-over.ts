import type { Clock } from '../adapters/clock/clock.ts';
import type { RunJournal } from '../adapters/journal/journal.ts';
import { type Result, success } from '../model/result.ts';

/** Hands results on; the journal knows that they are on their way out before anything of them is pushed. SK3030. */
export async function handOver<Outcome>(
  journal: RunJournal,
  clock: Clock,
  work: () => Promise<Outcome>,
): Promise<Result<Outcome>> {
  journal.append({ type: 'handover-started', at: clock.now().toISOString() });
  const synchronised = await journal.synchronise();
  if (!synchronised.ok) {
    return synchronised;
  }
  const outcome = await work();
  journal.append({ type: 'handover-finished', at: clock.now().toISOString() });
  return success(outcome);
}
