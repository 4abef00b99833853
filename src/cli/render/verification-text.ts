import type { VerificationSummary } from '../../engine/verify/verify-catalog.ts';
import { counted } from '../../model/counted.ts';

/** What was verified, in lines; the last one is a summary that scripts can grep. */
export function verificationText(summary: VerificationSummary): string {
  const { trust, head } = summary;
  const lines = [
    trust === null
      ? 'trust: none'
      : `trust: version ${trust.version}, ${trust.pinned ? 'pinned' : 'unpinned'} (trust/1.json is ${trust.anchor})`,
    head === null
      ? 'head: none'
      : `head: ${head.counter}, desired commit ${head.desiredCommit.slice(0, 12)}, good until ${head.expiresAt}`,
    readText(summary),
    summary.sound
      ? `verify: sound at ${summary.commit.slice(0, 12)}`
      : `verify: NOT sound at ${summary.commit.slice(0, 12)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function readText(summary: VerificationSummary): string {
  const { startedFrom, artifacts } = summary;
  const parts = [
    `${counted(summary.commits, 'commit')}${startedFrom === null ? '' : ` after ${startedFrom.slice(0, 12)}`}`,
    counted(summary.images, 'image'),
    counted(summary.imageVersions, 'image version'),
    counted(summary.revisions, 'allow-list revision'),
    counted(summary.runs, 'run'),
    counted(summary.envelopes, 'envelope'),
    ...(artifacts === null ? [] : [counted(artifacts, 'blob of the store', 'blobs of the store')]),
  ];
  return `read: ${parts.join(', ')}`;
}
