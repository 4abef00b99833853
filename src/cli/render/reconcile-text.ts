import type { RunImage } from '../../model/record.ts';
import { textTable } from './text-table.ts';

/** What a reconcile did, an image a line; the last line is a summary that scripts can grep. */
export function reconcileText(
  images: readonly RunImage[],
  commit: string | undefined,
  stalled: number,
): string {
  const rows = images.map((image) => [image.name, image.outcome, image.version ?? '-']);
  return `${textTable(rows)}${reconcileSummary(images, commit, stalled)}\n`;
}

/** `reconcile: 1 built, 0 failed, 1 equal; commit 1a2b3c4d5e6f`. */
function reconcileSummary(images: readonly RunImage[], commit: string | undefined, stalled: number): string {
  const count = (outcome: RunImage['outcome']) => images.filter((image) => image.outcome === outcome).length;
  const always = [`${count('built')} built`, `${count('failed')} failed`];
  const rare = (['equal', 'retired', 'superseded', 'not-needed', 'skipped', 'cancelled'] as const)
    .filter((outcome) => count(outcome) > 0)
    .map((outcome) => `${count(outcome)} ${outcome}`);
  const held = stalled > 0 ? [`${stalled} stalled`] : [];
  const where = commit === undefined ? 'nothing to commit' : `commit ${commit.slice(0, 12)}`;
  return `reconcile: ${[...always, ...rare, ...held].join(', ')}; ${where}`;
}
