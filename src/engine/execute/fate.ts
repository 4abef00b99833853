import type { Action, ActionId, ActionResult } from '../../model/action.ts';
import { identityText } from '../../model/resource.ts';

/**
 * What becomes of an action once everything that it needs has ended: it runs (nothing is given back), or it ends with
 * the result that follows from theirs. A failure counts before a cancellation, that before "not needed"; the last
 * only from actions of the same resource.
 */
export function fateOf(
  action: Action,
  actions: ReadonlyMap<ActionId, Action>,
  results: ReadonlyMap<ActionId, ActionResult>,
): ActionResult | undefined {
  let cancelled = false;
  let reason: string | undefined;
  for (const id of action.needs) {
    const result = results.get(id);
    if (result === undefined) {
      throw new TypeError(`${id} has not ended, and ${action.id} needs it`);
    }
    if (result.status === 'failed') {
      return { status: 'skipped', because: id };
    }
    if (result.status === 'skipped') {
      return { status: 'skipped', because: result.because };
    }
    cancelled ||= result.status === 'cancelled';
    const because = notNeededReason(result);
    if (because !== undefined && isOfSameResource(actions.get(id), action)) {
      reason ??= because;
    }
  }
  if (cancelled) {
    return { status: 'cancelled' };
  }
  return reason === undefined ? undefined : { status: 'not-needed', reason };
}

function isOfSameResource(needed: Action | undefined, { resource }: Action): boolean {
  return needed !== undefined && identityText(needed.resource) === identityText(resource);
}

function notNeededReason(result: ActionResult): string | undefined {
  switch (result.status) {
    case 'succeeded':
      return result.output.notNeeded;
    case 'not-needed':
      return result.reason;
    case 'failed':
    case 'skipped':
    case 'cancelled':
    case 'superseded':
      return undefined;
  }
}
