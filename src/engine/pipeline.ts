import type { Action, ActionId } from '../model/action.ts';
import type { Digest } from '../model/digest.ts';
import type { PackageLock } from '../model/package-lock.ts';
import type { Change, Plan } from '../model/plan.ts';
import type { SandboxImage } from '../model/record.ts';
import type { ResolvedResource } from '../model/resource.ts';

/** How a kind turns one change into actions; pure. */
export interface PipelineOfKind {
  readonly kind: string;
  actions(change: Change, context: PipelineContext): readonly Action[];
}

export interface PipelineContext {
  readonly plan: Plan;
  resource(kind: string, name: string): ResolvedResource | undefined;
  /** The active image record, by image name. */
  readonly active: ReadonlyMap<string, SandboxImage>;
  /** The active package lock of images that the plan changes and of their parents, by image name. */
  readonly locks: ReadonlyMap<string, PackageLock>;
  /** Digests of the repository files that specs name, by path. */
  readonly files: ReadonlyMap<string, Digest>;
}

/** The actions of all changes that will be tried: those that did not fail before for the same inputs. */
export function pipelineActions(
  context: PipelineContext,
  pipelines: readonly PipelineOfKind[],
): readonly Action[] {
  const actions: Action[] = [];
  for (const change of context.plan.changes) {
    const pipeline = pipelines.find((candidate) => candidate.kind === change.resource.kind);
    if (pipeline !== undefined && change.stalled === null) {
      actions.push(...pipeline.actions(change, context));
    }
  }
  return withoutLooseEnds(actions);
}

/** A parent that is not built in this run is read from the catalog, so nothing waits for it. */
function withoutLooseEnds(actions: readonly Action[]): readonly Action[] {
  const ids = new Set<ActionId>(actions.map((action) => action.id));
  return actions.map((action) =>
    action.needs.every((id) => ids.has(id))
      ? action
      : { ...action, needs: action.needs.filter((id) => ids.has(id)) },
  );
}
