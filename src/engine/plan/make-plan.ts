import type { CommitId } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Digest } from '../../model/digest.ts';
import { digestOfJson } from '../../model/digest.ts';
import { compareCodePoints, type JsonObject } from '../../model/json.ts';
import type { Change, Plan } from '../../model/plan.ts';
import { identityText, type ResolvedResource } from '../../model/resource.ts';
import type { CatalogView } from '../catalog/catalog-view.ts';
import type { Planner } from './planner.ts';

export interface PlanInputs {
  readonly desiredCommit: CommitId | null;
  readonly catalogCommit: CommitId | null;
  readonly resources: readonly ResolvedResource[];
  /** Digests of the repository files that specs name, by path. */
  readonly files: ReadonlyMap<string, Digest>;
  readonly catalog: CatalogView;
  readonly safeguards: { readonly maxRetirePercent: number };
  /** The resolved `spec` of `sandkiln.yaml`. */
  readonly policy: JsonObject;
  readonly now: Date;
}

export interface MadePlan {
  readonly plan: Plan;
  /** Errors among them mean that the plan must not be carried out. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The plan: a pure function of the desired state, the catalog and the time. Equal inputs give equal plans, digest
 * included. A kind that others refer to has its planner before theirs.
 */
export function makePlan(inputs: PlanInputs, planners: readonly Planner[]): MadePlan {
  const changes: Change[] = [];
  const diagnostics: Diagnostic[] = [];
  let unchanged = 0;
  for (const planner of planners) {
    const resources = inputs.resources
      .filter((resource) => resource.identity.kind === planner.kind)
      .sort((left, right) => compareCodePoints(left.identity.name, right.identity.name));
    const earlier = new Map(changes.map((change) => [identityText(change.resource), change]));
    const planned = planner.plan({ ...inputs, resources, earlier });
    for (const change of planned.changes) {
      changes.push(change);
    }
    diagnostics.push(...planned.diagnostics);
    unchanged += planned.unchanged;
  }
  const digest = digestOfJson(changes.map((change) => change.digest));
  const { desiredCommit, catalogCommit } = inputs;
  return {
    plan: { formatVersion: 1, desiredCommit, catalogCommit, changes, unchanged, digest },
    diagnostics,
  };
}
