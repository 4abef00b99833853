import type { Digest } from '../../model/digest.ts';
import type { RunRow } from './recorder.ts';

/** Digest of the change that a row is the result of. */
export function changeDigestOf(row: RunRow): Digest {
  return row.of === 'image' ? row.image.changeDigest : row.allowList.changeDigest;
}

/** A result that nobody asks for any more: its spec moved on, or somebody else has recorded the run. */
export function supersededRow(row: RunRow): RunRow {
  if (row.of === 'allow-list') {
    return { of: 'allow-list', allowList: { ...row.allowList, outcome: 'superseded', revision: null } };
  }
  const { outcome } = row.image;
  const isResult =
    outcome === 'built' || outcome === 'equal' || outcome === 'retired' || outcome === 'failed';
  return isResult ? { of: 'image', image: { ...row.image, outcome: 'superseded', version: null } } : row;
}

/** A conditional change that was not needed, or one that somebody else recorded, is no news. */
export function leavesTrace(row: RunRow): boolean {
  const { outcome } = row.of === 'image' ? row.image : row.allowList;
  return outcome !== 'not-needed' && outcome !== 'superseded';
}

/** `web: built 1.2.0+3`, `lab-egress: revised to 12`. */
export function rowText(row: RunRow): string {
  if (row.of === 'allow-list') {
    const { name, outcome, revision } = row.allowList;
    return `${name}: ${outcome}${revision === null ? '' : outcome === 'equal' ? ` to ${revision}` : `, revision ${revision}`}`;
  }
  const { name, outcome, version } = row.image;
  return `${name}: ${outcome}${version === null ? '' : ` ${version}`}`;
}
