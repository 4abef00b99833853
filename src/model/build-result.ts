import type { ActionId, ActionResult } from './action.ts';
import type { RunOutcome } from './event.ts';
import type { Change, Plan } from './plan.ts';
import type { RunHost } from './record.ts';
import type { ResolvedResource } from './resource.ts';

/** What `build` hands to `record`: everything that a record says, and no key was near it. */
export interface BuildResult {
  readonly formatVersion: 1;
  /** Run id, sortable by time. */
  readonly run: string;
  readonly engineVersion: string;
  readonly plan: Plan;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly outcome: RunOutcome;
  readonly host: RunHost;
  /** Builders that the run could use, by name. */
  readonly builders: Readonly<Record<string, { readonly reproducible: boolean }>>;
  readonly changes: readonly ChangeResult[];
}

export interface ChangeResult {
  readonly change: Change;
  /** The resolved spec and where its values come from; null for a retirement. */
  readonly resource:
    | (Pick<ResolvedResource, 'spec' | 'digest' | 'file'> & {
        readonly origins: Readonly<Record<string, { readonly from: string; readonly line: number }>>;
      })
    | null;
  readonly actions: Readonly<Record<ActionId, ActionResult>>;
}
