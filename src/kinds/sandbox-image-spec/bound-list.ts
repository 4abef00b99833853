import type { PartialPlanContext } from '../../engine/plan/planner.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Change, Reason } from '../../model/plan.ts';
import type { ImageInputs } from '../../model/record.ts';
import { identityText } from '../../model/resource.ts';

/** Kind of the lists that images and run profiles name. */
export const allowListKind = 'AllowList';

/** The list of an image as a plan finds it. */
export interface BoundList {
  /** Where the list changes in this plan: then it is not known yet whether it gets another revision. */
  readonly change: Change | undefined;
  /** Why the image does not stand under the revision that the list has, or will have; none where it does. */
  readonly reasons: readonly Reason[];
  /** Whether it does not stand under the one that the list has now. */
  readonly isBehind: boolean;
  /** What a change binds that leads to nothing but this revision. */
  readonly input: JsonObject;
}

/** The list that an image names, held against the revision that it stands under. */
export function boundList(
  name: string,
  bound: ImageInputs['allowList'],
  earlier: ReadonlyMap<string, Change>,
  { allowLists }: PartialPlanContext['catalog'],
): BoundList {
  const listChange = earlier.get(identityText({ kind: allowListKind, name }));
  // A list that is not tried stays as it is.
  const change = listChange?.stalled === null ? listChange : undefined;
  const state = allowLists.get(name);
  const before = bound?.name === name ? bound.revision : undefined;
  const after = change?.to ?? state?.revision;
  const isBehind = before !== state?.revision;
  const text = `allowList ${name}: revision ${before ?? 'none'} → ${after ?? 'none'}`;
  return {
    change,
    reasons: isBehind || change !== undefined ? [{ text }] : [],
    isBehind,
    input:
      change === undefined
        ? { name, revision: state?.revision ?? null, digest: state?.digest ?? null }
        : { name, change: change.digest },
  };
}

/** Whether a change leaves an image as it is and binds it to another revision of its list: no action can add to that. */
export function isOnlyRevision({ inputs }: Pick<Change, 'inputs'>): boolean {
  return inputs['allowList'] !== undefined;
}
