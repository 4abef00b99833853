import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Change, Plan } from '../../model/plan.ts';
import { type Result, success } from '../../model/result.ts';
import { applyHolds } from '../decisions/apply-holds.ts';
import type { Decisions } from '../decisions/decisions.ts';
import type { ContentsOfKind, DetailContext } from './contents.ts';

/** A plan's changes with what contents and decisions say of them. */
export interface CompletedPlan {
  readonly changes: readonly Change[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Adds to a plan what its planners cannot say of digests alone: the entries behind a changed file, what a person holds
 * back, what needs a person's decision. Identities, inputs and digests stay as they are.
 */
export async function completePlan(
  { changes }: Pick<Plan, 'changes'>,
  kinds: readonly ContentsOfKind[],
  contextOf: (kind: ContentsOfKind) => Promise<Result<DetailContext>>,
  decisions: Decisions,
): Promise<Result<CompletedPlan>> {
  const diagnostics: Diagnostic[] = [];
  const detailed = new Map<Change, Change>();
  for (const kind of kinds) {
    const own = changes.filter(({ resource }) => resource.kind === kind.kind);
    const context = own.length === 0 ? undefined : await contextOf(kind);
    if (context?.ok === false) {
      return context;
    }
    for (const change of own) {
      const detail = context === undefined ? success(undefined) : await kind.detail(change, context.value);
      if (!detail.ok) {
        return detail;
      }
      detailed.set(change, detail.value?.change ?? change);
      diagnostics.push(...(detail.value?.diagnostics ?? []));
    }
  }
  const all = changes.map((change) => detailed.get(change) ?? change);
  return success({ changes: applyHolds(all, decisions), diagnostics });
}
