import type { RunAllowList, RunImage } from '../../model/record.ts';
import { textTable } from './text-table.ts';

interface Told {
  readonly commit: string | undefined;
  readonly images: readonly RunImage[];
  readonly allowLists: readonly RunAllowList[];
}

/** What a reconcile did, a resource a line; the last line is a summary that scripts can grep. */
export function reconcileText(told: Told, stalled: number): string {
  const rows = [
    ...told.allowLists.map(({ name, outcome, revision }) => [
      name,
      outcome,
      revision === null ? '-' : `revision ${revision}`,
    ]),
    ...told.images.map((image) => [image.name, image.outcome, image.version ?? '-']),
  ];
  return `${textTable(rows)}${reconcileSummary(told, stalled)}\n`;
}

/** `reconcile: 1 built, 0 failed, 1 equal, 1 revised; commit 1a2b3c4d5e6f`. */
function reconcileSummary({ commit, images, allowLists }: Told, stalled: number): string {
  const outcomes: readonly string[] = [...images, ...allowLists].map(({ outcome }) => outcome);
  const count = (outcome: string) => outcomes.filter((one) => one === outcome).length;
  const always = [`${count('built')} built`, `${count('failed')} failed`];
  const rare = ['equal', 'revised', 'retired', 'superseded', 'not-needed', 'skipped', 'cancelled']
    .filter((outcome) => count(outcome) > 0)
    .map((outcome) => `${count(outcome)} ${outcome}`);
  const held = stalled > 0 ? [`${stalled} stalled`] : [];
  const where = commit === undefined ? 'nothing to commit' : `commit ${commit.slice(0, 12)}`;
  return `reconcile: ${[...always, ...rare, ...held].join(', ')}; ${where}`;
}
