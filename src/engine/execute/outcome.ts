import type { Action, ActionId, ActionResult } from '../../model/action.ts';
import type { RunOutcome } from '../../model/event.ts';
import { identityText } from '../../model/resource.ts';

/**
 * The whole run in one word; `partial`: something failed, and all of at least one resource went well. What nobody asks
 * for any more is neither.
 */
export function outcomeOf(
  actions: ReadonlyMap<ActionId, Action>,
  results: ReadonlyMap<ActionId, ActionResult>,
): RunOutcome {
  if (results.values().every(isGood)) {
    return 'succeeded';
  }
  const resources = new Set<string>();
  const bad = new Set<string>();
  let cancelled = false;
  for (const [id, action] of actions) {
    const resource = identityText(action.resource);
    const result = results.get(id);
    resources.add(resource);
    if (result === undefined || !isGood(result)) {
      bad.add(resource);
      cancelled ||= result?.status === 'cancelled';
    }
  }
  if (cancelled) {
    return 'cancelled';
  }
  return bad.size < resources.size ? 'partial' : 'failed';
}

function isGood({ status }: ActionResult): boolean {
  return status === 'succeeded' || status === 'not-needed' || status === 'superseded';
}
