import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Change } from '../../model/plan.ts';
import { identityText } from '../../model/resource.ts';
import type { Decisions } from './decisions.ts';

/**
 * Changes of held resources are shown and not tried, and with them all that happens only if one of them does. An expiry
 * is not held back: it only ever narrows a list, and at a time that the list itself names.
 */
export function applyHolds(changes: readonly Change[], decisions: Decisions): readonly Change[] {
  const held = heldChanges(changes, decisions);
  const byName = new Map(held.map((change) => [identityText(change.resource), change]));
  return held.map((change) => {
    const stalled = stalledWith(change);
    return stalled === change.stalled ? change : { ...change, stalled };
  });

  function stalledWith(change: Change): Change['stalled'] {
    const { stalled, conditionalOn } = change;
    const other = conditionalOn === null ? undefined : byName.get(identityText(conditionalOn));
    return stalled ?? (other === undefined ? null : stalledWith(other));
  }
}

function heldChanges(changes: readonly Change[], decisions: Decisions): readonly Change[] {
  return changes.map((change) => {
    const hold = change.type === 'expire' ? undefined : decisions.holdOf(change.resource);
    return hold === undefined
      ? change
      : {
          ...change,
          stalled: {
            run: null,
            diagnostics: [heldBack(identityText(change.resource), hold.id, hold.reason)],
          },
        };
  });
}

function heldBack(resource: string, decision: string, reason: string): Diagnostic {
  return {
    code: 'SK3402',
    severity: 'warning',
    message: `${resource} is held by decision ${decision}: ${reason}`,
    hint: `let it go on with \`sandkiln resume ${resource}\``,
    failure: 'stalled',
  };
}
