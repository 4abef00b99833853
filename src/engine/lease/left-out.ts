import type { Digest } from '../../model/digest.ts';
import { digestOfJson } from '../../model/digest.ts';
import type { JsonValue } from '../../model/json.ts';
import type { Change, Plan } from '../../model/plan.ts';

/** A plan without some changes, and without what can only be built after them. */
export interface ReducedPlan {
  readonly plan: Plan;
  readonly leftOut: readonly Change[];
}

/** Takes changes out of a plan, by digest, with every change whose inputs name one that is out. */
export function leaveOut(plan: Plan, digests: ReadonlySet<string>): ReducedPlan {
  const out = new Set<string>(digests);
  let before = -1;
  while (before !== out.size) {
    before = out.size;
    for (const change of plan.changes) {
      if (namesAny(change.inputs, out)) {
        out.add(change.digest);
      }
    }
  }
  const changes = plan.changes.filter(({ digest }) => !out.has(digest));
  return {
    plan: { ...plan, changes, digest: digestOfJson(changes.map((change): Digest => change.digest)) },
    leftOut: plan.changes.filter(({ digest }) => out.has(digest)),
  };
}

function namesAny(value: JsonValue, digests: ReadonlySet<string>): boolean {
  if (typeof value === 'string') {
    return digests.has(value);
  }
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).some((item) => namesAny(item, digests))
  );
}
