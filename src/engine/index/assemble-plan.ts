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
  const { documents, images } = table;
  const all: Change[] = [];
  const diagnostics: Diagnostic[] = [];
  let unchanged = 0;
  const changesByKind = Map.groupBy(changesOf(table), (change) => change.resource.kind);
  const activeCount = images.rowsFilled('active').length;
  for (const planner of planners) {
    const changes = [...(changesByKind.get(planner.kind) ?? [])];
    unchanged += documents.rowsWith('kind', planner.kind).length - changes.length;
    const orphans = orphansOf(table, planner.kind);
    const retired = planner.planRetirements({ orphans, activeCount, safeguards });
    changes.push(...retired.changes);
    diagnostics.push(...retired.diagnostics);
    all.push(...changes.sort((left, right) => compareCodePoints(left.resource.name, right.resource.name)));
  }
  const digest = digestOfJson(all.map((change) => change.digest));
  return {
    plan: { formatVersion: 1, changes: all, unchanged, digest },
    warnings: warningsOf(table),
    diagnostics,
  };
}

function changesOf({ documents }: PlanTable): readonly Change[] {
  // Written by this index from changes.
  return documents.rowsFilled('change').map((row) => JSON.parse(documents.cell('change', row)) as Change);
}

/** Active versions of images that no resource of the kind describes, by name. */
function orphansOf({ images }: PlanTable, kind: string): ReadonlyMap<string, string> {
  const rows = images
    .rowsFilled('orphanOf')
    .filter(
      (row) => images.cell('active', row) !== '' && images.cell('orphanOf', row).split(' ').includes(kind),
    );
  return new Map(rows.map((row) => [images.cell('name', row), images.cell('active', row)]));
}

function warningsOf({ documents, policy }: PlanTable): readonly Diagnostic[] {
  const found = documents
    .rowsFilled('warnings')
    .flatMap((row) => JSON.parse(documents.cell('warnings', row)) as readonly Diagnostic[]);
  return sortDiagnostics([...found, ...(policy?.warnings ?? [])]);
}
