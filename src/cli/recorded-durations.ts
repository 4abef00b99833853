import type { CatalogRecords } from '../engine/catalog/read-catalog.ts';
import type { Action, ActionId } from '../model/action.ts';
import { type Result, success } from '../model/result.ts';

/** A graph is a look ahead: what was measured before these runs says little about it. */
const runsSearched = 50;

/**
 * How long each action took when it last succeeded, in milliseconds, as the newest run records tell; for one that came
 * from the cache, how long it took when it was made. Actions that no searched run knows are missing.
 */
export async function recordedDurations(
  catalog: Pick<CatalogRecords, 'run' | 'runs'>,
  actions: readonly Action[],
): Promise<Result<ReadonlyMap<ActionId, number>>> {
  const wanted = new Map<string, ActionId>(actions.map(({ id }) => [id, id]));
  const durations = new Map<ActionId, number>();
  const ids = wanted.size === 0 ? success([]) : await catalog.runs();
  if (!ids.ok) {
    return ids;
  }
  for (const run of ids.value.toReversed().slice(0, runsSearched)) {
    if (wanted.size === 0) {
      break;
    }
    const record = await catalog.run(run);
    if (!record.ok) {
      return record;
    }
    for (const { id, status, durationMs } of record.value.images.flatMap((image) => image.actions)) {
      const action = wanted.get(id);
      if (action !== undefined && status === 'succeeded' && durationMs !== null) {
        durations.set(action, durationMs);
        wanted.delete(id);
      }
    }
  }
  return success(durations);
}
