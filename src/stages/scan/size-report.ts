import type { Diagnostic } from '../../model/diagnostic.ts';
import { compareCodePoints } from '../../model/json.ts';
import type { SizeReport } from '../../model/record.ts';
import { treeProblem } from '../../tree/tree-problem.ts';
import type { InstalledPackage } from './dpkg-status.ts';

const shownPackages = 10;

/** The size of a tree beside the previous one and the budget, with the ten largest packages, largest first. */
export function sizeReport(
  packages: readonly InstalledPackage[],
  sizes: Pick<SizeReport, 'treeBytes' | 'previousTreeBytes' | 'budgetBytes'>,
): SizeReport {
  const largestPackages = packages
    .map(({ name, installedSizeBytes }) => ({ name, sizeBytes: installedSizeBytes }))
    .sort((left, right) => right.sizeBytes - left.sizeBytes || compareCodePoints(left.name, right.name))
    .slice(0, shownPackages);
  const { treeBytes, previousTreeBytes, budgetBytes } = sizes;
  return { treeBytes, previousTreeBytes, budgetBytes, largestPackages };
}

/** SK5552 where the tree is larger than its budget. */
export function overBudget(report: SizeReport): Diagnostic | undefined {
  const { treeBytes, budgetBytes, largestPackages } = report;
  if (budgetBytes === null || treeBytes <= budgetBytes) {
    return undefined;
  }
  const largest = largestPackages
    .slice(0, 3)
    .map(({ name, sizeBytes }) => `${name} (${mebibytes(sizeBytes)})`);
  return treeProblem(
    'SK5552',
    `the tree has ${mebibytes(treeBytes)}, more than its size budget of ${mebibytes(budgetBytes)}`,
    largest.length === 0
      ? 'raise sizeBudget, or take files out'
      : `raise sizeBudget, or take packages out; the largest are ${largest.join(', ')}`,
  );
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
