import type { Diagnostic } from '../../model/diagnostic.ts';
import { inTotoPayloadType } from '../attest/dsse.ts';
import { verifyEnvelope } from '../attest/verify-envelope.ts';
import { headPath } from '../catalog/paths.ts';
import { keyRule, keysEverIn } from '../trust/trust.ts';
import { checkArtifacts } from './check-artifacts.ts';
import { type ContentReport, checkContent } from './check-content.ts';
import { checkDecisions } from './check-decisions.ts';
import { checkReferences } from './check-references.ts';
import { finding, shortCommit } from './finding.ts';
import type { VerifiedState } from './verified-state.ts';
import type { VerifyInput } from './verify-input.ts';

/** Reads everything that the newest commit holds, with the state that its history led to. */
export async function judgeTip(
  input: VerifyInput,
  state: VerifiedState,
): Promise<{
  readonly content: ContentReport;
  readonly artifacts: number | null;
  readonly findings: readonly Diagnostic[];
}> {
  const builders = keysEverIn(state.trust?.versions ?? [], 'builder');
  const content = await checkContent(input.git, input.commit, builders);
  const artifacts =
    input.store === undefined ? undefined : await checkArtifacts(input.store, content.facts, builders);
  return {
    content,
    artifacts: artifacts?.checked ?? null,
    findings: [
      ...checkNewestHead(input, state, content),
      ...[...content.findings, ...(artifacts?.findings ?? [])].filter((one) => isJudged(state, one)),
      ...checkReferences(content.facts),
      ...(state.trustUnread
        ? []
        : await checkDecisions(input.git, content.facts, state.trust?.versions ?? [])),
      ...unpinned(state),
    ],
  };
}

/** Without a trust that could be read, nobody can say whose an envelope is, nor count those of builders. */
function isJudged({ trustUnread }: VerifiedState, { code, place }: Diagnostic): boolean {
  const isAboutEnvelopes =
    code === 'SK8021' || (code === 'SK8056' && place?.file.endsWith('/attestations.intoto.jsonl'));
  return !(trustUnread && isAboutEnvelopes);
}

/** The newest head again, against what was read now: a remembered prefix vouches for nothing at the tip. */
function checkNewestHead(
  input: VerifyInput,
  state: VerifiedState,
  content: ContentReport,
): readonly Diagnostic[] {
  const { head, headUnread, trust, trustUnread } = state;
  if (headUnread) {
    return [];
  }
  if (head === undefined || (trust === undefined && !trustUnread)) {
    const message = `there is no catalog with a valid head at ${shortCommit(input.commit)}`;
    return [
      finding(
        'SK8070',
        headPath,
        message,
        'run `sandkiln reconcile`, or name the branch that carries the catalog',
      ),
    ];
  }
  const findings: Diagnostic[] = [];
  const judgeTrust = trust?.versions[head.head.trustVersion - 1];
  const rule = judgeTrust === undefined ? { threshold: 1, keys: [] } : keyRule(judgeTrust, 'builder');
  const verdict = verifyEnvelope(head.envelope, inTotoPayloadType, rule);
  if (!verdict.verified && !trustUnread) {
    findings.push(
      finding('SK8032', headPath, `the newest head does not count as a builder's: ${verdict.why}`),
    );
  }
  if (content.merkleDigest !== undefined && content.merkleDigest !== head.catalogDigest) {
    const message = `the catalog has the digest ${content.merkleDigest}, and its newest valid head says ${head.catalogDigest}`;
    findings.push(finding('SK8035', headPath, message));
  }
  if (Date.parse(head.head.expiresAt) <= input.now.getTime()) {
    const message = `the newest head expired at ${head.head.expiresAt}`;
    const hint =
      'fetch the branch from where it is written; if it is the newest there, run `sandkiln reconcile`';
    findings.push(finding('SK8037', headPath, message, hint));
  }
  return findings;
}

function unpinned(state: VerifiedState): readonly Diagnostic[] {
  if (state.trust === undefined || state.trust.pinned) {
    return [];
  }
  const message = 'unpinned: trust/1.json was taken from the repository itself';
  const hint = `pin ${state.trust.anchor} after comparing it with its owners`;
  return [{ ...finding('SK8015', 'trust/1.json', message, hint), severity: 'warning' }];
}
