import type { CommitId, GitObjects } from '../../adapters/git/git.ts';
import type { Kind } from '../kind.ts';
import type { Planner } from '../plan/planner.ts';
import type { PathReader } from './path-reader.ts';
import type { PlanTable, RememberedPolicy } from './plan-table.ts';

/** Two commits, what is remembered of earlier ones, and how resources are read and planned. */
export interface IncrementalInput {
  readonly git: GitObjects;
  /** The desired commit's tree. */
  readonly desired: PathReader;
  readonly catalogCommit: CommitId | undefined;
  /** The catalog commit's tree. */
  readonly catalog: PathReader;
  readonly kinds: readonly Kind[];
  readonly planners: readonly Planner[];
  readonly safeguardsOf: (policy: RememberedPolicy) => { readonly maxRetirePercent: number };
  readonly now: Date;
  /** What is remembered; the empty table for a plan from nothing. */
  readonly table: PlanTable;
}
