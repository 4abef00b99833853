import type { CommitId, ObjectId } from '../adapters/git/git.ts';
import type { PlanMemos, Workspace } from '../compose.ts';
import type { PathReader } from '../engine/index/path-reader.ts';
import type { PlanAnswer } from '../engine/index/plan-answer.ts';
import type { MadePlan } from '../engine/plan/make-plan.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Plan } from '../model/plan.ts';
import type { CatalogHead } from '../model/record.ts';
import type { Result } from '../model/result.ts';
import type { PlannedState } from './loaded-state.ts';
import type { Policy } from './policy.ts';

/** A plan and what its readers need. Resources and records are loaded when somebody goes on with it. */
export interface PlanView {
  /** Null for a work tree. */
  readonly commit: CommitId | null;
  readonly made: MadePlan;
  /** Warnings about the desired state. */
  readonly warnings: readonly Diagnostic[];
  /** Head of the catalog; null where there is none yet. */
  readonly head: CatalogHead | null;
  images(): Promise<KnownImages>;
  /** Resources of the changes and all that they refer to, with their files and records. */
  load(): Promise<Result<PlannedState>>;
}

/** Images that a spec or the catalog knows. */
export interface KnownImages {
  /** Names of all resources of the desired state. */
  readonly resources: ReadonlySet<string>;
  /** Version that the spec asks for, by image name. */
  readonly wanted: ReadonlyMap<string, string>;
  /** Version in the catalog, by image name; null where none is active. */
  readonly active: ReadonlyMap<string, string | null>;
  readonly allowLists: KnownLists;
}

/** Allow-lists that a spec or the catalog knows. */
export interface KnownLists {
  /** Names of those that a spec describes. */
  readonly wanted: ReadonlySet<string>;
  /** Revision in the catalog, by name; null where the list is retired. */
  readonly active: ReadonlyMap<string, string | null>;
}

/** A commit of the desired state before anything but its root was read. */
export interface OpenedDesired {
  readonly commit: CommitId;
  /** Its `sandkiln.yaml`; fails with everything that is wrong with the desired state where that cannot be read. */
  policy(): Promise<Result<Policy>>;
  /**
   * The plan from the catalog of a commit, default the tip of the branch that the policy names, else HEAD; null stands
   * for no catalog.
   */
  plan(catalogCommit?: CommitId | null): Promise<Result<PlanView>>;
}

/** What a plan is made of, and where it is remembered. */
export interface PlannedCommits {
  readonly workspace: Workspace;
  readonly memos: PlanMemos;
  readonly commit: CommitId;
  /** Root tree of the commit. */
  readonly tree: ObjectId;
  readonly desired: PathReader;
  /** The catalog's; nothing where there is none yet. */
  readonly tip: CommitId | undefined;
  readonly catalog: PathReader;
  readonly policy: Policy;
}

/** A view of an answer; `loaders` are asked when somebody goes on with it. */
export function viewOf(
  { commit, tip }: PlannedCommits,
  answer: PlanAnswer,
  loaders: {
    images(): Promise<KnownImages>;
    load(plan: Plan): Promise<Result<PlannedState>>;
  },
): PlanView {
  const { changes, unchanged, digest } = answer.plan;
  const plan: Plan = {
    formatVersion: 1,
    desiredCommit: commit,
    catalogCommit: tip ?? null,
    changes,
    unchanged,
    digest,
  };
  return {
    commit,
    made: { plan, diagnostics: answer.diagnostics },
    warnings: answer.warnings,
    head: answer.head,
    images: () => loaders.images(),
    load: () => loaders.load(plan),
  };
}
