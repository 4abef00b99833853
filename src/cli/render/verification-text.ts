import type { VerificationSummary } from '../../engine/verify/verify-catalog.ts';

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
    `read: ${summary.commits} commits${summary.startedFrom === null ? '' : ` after ${summary.startedFrom.slice(0, 12)}`}, ${summary.images} images, ${summary.imageVersions} image versions, ${summary.revisions} revisions of allow-lists, ${summary.runs} runs, ${summary.envelopes} envelopes${summary.artifacts === null ? '' : `, ${summary.artifacts} blobs of the store`}`,
    summary.sound
      ? `verify: sound at ${summary.commit.slice(0, 12)}`
      : `verify: NOT sound at ${summary.commit.slice(0, 12)}`,
  ];
  return `${lines.join('\n')}\n`;
}
