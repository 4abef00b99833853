import type { Action, ActionId, ActionResult } from '../../model/action.ts';
import type { RunOutcome } from '../../model/event.ts';
import { identityText } from '../../model/resource.ts';

/** The whole run in one word; `partial`: something failed, and all of at least one resource went well. */
export function outcomeOf(
  actions: ReadonlyMap<ActionId, Action>,
  results: ReadonlyMap<ActionId, ActionResult>,
): RunOutcome {
  const resources = new Set<string>();
  const bad = new Set<string>();
  let cancelled = false;
  for (const [id, action] of actions) {
    const resource = identityText(action.resource);
    const status = results.get(id)?.status;
    resources.add(resource);
    if (status !== 'succeeded' && status !== 'not-needed') {
      bad.add(resource);
      cancelled ||= status === 'cancelled';
    }
  }
  if (bad.size === 0) {
    return 'succeeded';
  }
  if (cancelled) {
    return 'cancelled';
  }
  return bad.size < resources.size ? 'partial' : 'failed';
}
