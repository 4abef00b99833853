import type { Diagnostic } from '../../model/diagnostic.ts';
import { digestOfJson } from '../../model/digest.ts';
import { compareCodePoints } from '../../model/json.ts';
import type { Change } from '../../model/plan.ts';
import { sortDiagnostics } from '../desired/sort-diagnostics.ts';
import type { Planner } from '../plan/planner.ts';
import type { PlanAnswer } from './plan-answer.ts';
import type { PlanTable } from './plan-table.ts';

/** The plan that a complete table says, with the findings about it: the same as `makePlan` gives. */
export function assemblePlan(
  table: PlanTable,
  planners: readonly Planner[],
  safeguards: { readonly maxRetirePercent: number },
): Pick<PlanAnswer, 'plan' | 'warnings' | 'diagnostics'> {
  const { documents } = table;
  const all: Change[] = [];
  const diagnostics: Diagnostic[] = [];
  let unchanged = 0;
  const changesByKind = Map.groupBy(changesOf(table), (change) => change.resource.kind);
  for (const planner of planners) {
    const changes = [...(changesByKind.get(planner.kind) ?? [])];
    unchanged += documents.countWith('kind', planner.kind) - changes.length;
    const orphans = orphansOf(table, planner);
    if (orphans.size > 0) {
      const activeCount = activeRows(table, planner).length;
      const retired = planner.planRetirements({ orphans, activeCount, safeguards });
      changes.push(...retired.changes);
      diagnostics.push(...retired.diagnostics);
    }
    for (const change of changes.sort(byName)) {
      all.push(change);
    }
  }
  const digest = digestOfJson(all.map((change) => change.digest));
  return {
    plan: { formatVersion: 1, changes: all, unchanged, digest },
    warnings: warningsOf(table),
    diagnostics,
  };
}

function byName(left: Change, right: Change): number {
  return compareCodePoints(left.resource.name, right.resource.name);
}

function changesOf({ documents }: PlanTable): readonly Change[] {
  // Written by this index from changes.
  return documents.rowsFilled('change').map((row) => JSON.parse(documents.cell('change', row)) as Change);
}

/** Rows of a planner's entries that have an active version. */
function activeRows({ entries }: PlanTable, { catalogFolder }: Planner): readonly number[] {
  return entries
    .rowsFilled('active')
    .filter((row) => entries.cell('folder', row).startsWith(`${catalogFolder}/`));
}

/** Active versions that no resource of the planner's kind describes, by name. */
function orphansOf({ entries }: PlanTable, { catalogFolder }: Planner): ReadonlyMap<string, string> {
  const rows = entries
    .rowsFilled('orphan')
    .filter(
      (row) =>
        entries.cell('active', row) !== '' && entries.cell('folder', row).startsWith(`${catalogFolder}/`),
    );
  return new Map(rows.map((row) => [entries.cell('name', row), entries.cell('active', row)]));
}

function warningsOf({ documents, policy }: PlanTable): readonly Diagnostic[] {
  const found = documents
    .rowsFilled('warnings')
    .flatMap((row) => JSON.parse(documents.cell('warnings', row)) as readonly Diagnostic[]);
  return sortDiagnostics([...found, ...(policy?.warnings ?? [])]);
}
