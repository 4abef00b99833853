import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Digest } from '../../model/digest.ts';
import type { Change } from '../../model/plan.ts';
import type { ResolvedResource } from '../../model/resource.ts';
import type { CatalogView } from '../catalog/catalog-view.ts';

/** How a kind compares its desired resources with the catalog: pure, no clock, no network, no file system. */
export interface Planner {
  readonly kind: string;
  plan(context: PlanContext): PlannedKind;
  /** The same changes for some of the resources, by name: what they depend on is in the context. */
  planSome(context: PartialPlanContext): ReadonlyMap<string, Change>;
  /** Changes of what the catalog has and no resource describes. */
  planRetirements(context: RetirementContext): Omit<PlannedKind, 'unchanged'>;
}

export interface PartialPlanContext {
  readonly resources: readonly ResolvedResource[];
  /** Changes of resources that these refer to and that are not among them, by name. */
  readonly earlier: ReadonlyMap<string, Change>;
  readonly files: ReadonlyMap<string, Digest>;
  /** States and active records of the resources and of all that they refer to. */
  readonly catalog: CatalogView;
}

export interface RetirementContext {
  /** Active versions of images that no resource describes, by name. */
  readonly orphans: ReadonlyMap<string, string>;
  /** Number of all active images. */
  readonly activeCount: number;
  readonly safeguards: { readonly maxRetirePercent: number };
}

export interface PlanContext {
  /** Every resolved resource of the planner's kind, sorted by name. */
  readonly resources: readonly ResolvedResource[];
  /** Digests of the repository files that specs name, by path. */
  readonly files: ReadonlyMap<string, Digest>;
  readonly catalog: CatalogView;
  readonly safeguards: { readonly maxRetirePercent: number };
}

export interface PlannedKind {
  readonly changes: readonly Change[];
  readonly unchanged: number;
  /** Why the plan must not be carried out, or what its reader should know. */
  readonly diagnostics: readonly Diagnostic[];
}
