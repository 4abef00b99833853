import type { CommitId, GitObjects } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Digest } from '../../model/digest.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Change } from '../../model/plan.ts';
import type { ResolvedResource } from '../../model/resource.ts';
import type { Result } from '../../model/result.ts';
import type { CatalogView } from '../catalog/catalog-view.ts';
import type { PathReader } from '../index/path-reader.ts';

/**
 * How a kind compares its desired resources with the catalog: pure but for `readCatalog`, no clock, no network, no file
 * system. What it says of one resource may follow from its resolved spec and the files that it names, from what the
 * catalog has of it and of what it refers to, from changes of what it refers to, and from the time; from nothing else,
 * since where these are as they were it is not asked again. What a profile refers to, or another resource without a
 * planner, counts as referred to by those that name it.
 */
export interface Planner {
  readonly kind: string;
  /** What holds its entries in the catalog: `images` for `catalog/images/<hh>/<name>/`. */
  readonly catalogFolder: string;
  /** Whether what it says follows from `sandkiln.yaml` too: then another one means that everything is planned again. */
  readonly readsPolicy: boolean;
  /** Reads states and records of some resources of the kind; those that the catalog does not know are left out. */
  readCatalog(source: CatalogSource, names: readonly string[]): Promise<Result<CatalogPart>>;
  plan(context: PlanContext): PlannedKind;
  /** The same changes for some of the resources. */
  planSome(context: PartialPlanContext): PlannedSome;
  /** Changes of what the catalog has and no resource describes. */
  planRetirements(context: RetirementContext): Omit<PlannedKind, 'unchanged'>;
}

/** The catalog of one commit. */
export interface CatalogSource {
  readonly git: GitObjects;
  /** Nothing where there is no catalog yet. */
  readonly commit: CommitId | undefined;
  readonly reader: PathReader;
}

/** What the catalog has of some resources of a kind. */
export interface CatalogPart {
  /** Active version by name; null where none is active. */
  readonly active: ReadonlyMap<string, string | null>;
  /** What planning needs of it. */
  readonly view: Partial<CatalogView>;
}

/** What every planning of resources takes. */
interface CommonContext {
  /** Changes of resources that these refer to and that are not among them, by `Kind/name`. */
  readonly earlier: ReadonlyMap<string, Change>;
  /** Digests of the repository files that specs name, by path. */
  readonly files: ReadonlyMap<string, Digest>;
  /** At least what it has of the resources and of all that they refer to. */
  readonly catalog: CatalogView;
  /** The resolved `spec` of `sandkiln.yaml`: only for planners that say that they read it. */
  readonly policy: JsonObject;
  readonly now: Date;
}

export interface PartialPlanContext extends CommonContext {
  readonly resources: readonly ResolvedResource[];
}

export interface PlannedSome {
  /** By name. */
  readonly changes: ReadonlyMap<string, Change>;
  /**
   * By name, the earliest time (ISO 8601 UTC) at which the same may lead to something else; left out for never. Then it
   * is planned again though nothing changed.
   */
  readonly validUntil: ReadonlyMap<string, string>;
}

export interface RetirementContext {
  /** Active versions of the catalog's entries that no resource describes, by name. */
  readonly orphans: ReadonlyMap<string, string>;
  /** Number of all entries of the kind that have an active version. */
  readonly activeCount: number;
  readonly safeguards: { readonly maxRetirePercent: number };
}

export interface PlanContext extends CommonContext {
  /** Every resolved resource of the planner's kind, sorted by name. */
  readonly resources: readonly ResolvedResource[];
  readonly safeguards: { readonly maxRetirePercent: number };
}

export interface PlannedKind {
  readonly changes: readonly Change[];
  readonly unchanged: number;
  /** Why the plan must not be carried out, or what its reader should know. */
  readonly diagnostics: readonly Diagnostic[];
}
