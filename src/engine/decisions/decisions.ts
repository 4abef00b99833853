import type { VerifiedDecision } from '../../model/decision.ts';
import type { Digest } from '../../model/digest.ts';
import { compareCodePoints } from '../../model/json.ts';
import { identityText, type ResourceIdentity } from '../../model/resource.ts';

/** The decisions that count at a moment: signed by keys of the right role, not expired. */
export interface Decisions {
  /** The hold that a resource is under. */
  holdOf(resource: ResourceIdentity): VerifiedDecision | undefined;
  /** The decision that lets a change empty a list. */
  allowsEmpty(resource: ResourceIdentity, change: Digest): VerifiedDecision | undefined;
  /** When the first of those that count expires; null where none does. */
  readonly validUntil: string | null;
}

/** Sorts decisions out: the newest of `hold` and `resume` holds for a resource. */
export function decisionsAt(all: readonly VerifiedDecision[], now: Date): Decisions {
  const valid = all.filter(({ expiresAt }) => expiresAt === null || now.getTime() < Date.parse(expiresAt));
  const holds = new Map<string, VerifiedDecision>();
  const empties = new Map<string, VerifiedDecision>();
  for (const decision of valid.toSorted(byAge)) {
    const resource = identityText(decision.resource);
    if (decision.type === 'hold') {
      holds.set(resource, decision);
    } else if (decision.type === 'resume') {
      holds.delete(resource);
    } else {
      empties.set(`${resource} ${decision.change}`, decision);
    }
  }
  const ends = valid.flatMap(({ expiresAt }) => (expiresAt === null ? [] : [Date.parse(expiresAt)]));
  return {
    holdOf: (resource) => holds.get(identityText(resource)),
    allowsEmpty: (resource, change) => empties.get(`${identityText(resource)} ${change}`),
    validUntil: ends.length === 0 ? null : new Date(Math.min(...ends)).toISOString(),
  };
}

export const noDecisions: Decisions = decisionsAt([], new Date(0));

/** Of a hold and a resume of the same moment the hold counts; ids only make the order one. */
function byAge(left: VerifiedDecision, right: VerifiedDecision): number {
  return (
    Date.parse(left.createdAt) - Date.parse(right.createdAt) ||
    Number(left.type === 'hold') - Number(right.type === 'hold') ||
    compareCodePoints(left.id, right.id)
  );
}
