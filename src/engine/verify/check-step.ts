import type { GitObjects } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { inTotoPayloadType } from '../attest/dsse.ts';
import { gitNamespace } from '../attest/ssh-signature.ts';
import { verifyEnvelope } from '../attest/verify-envelope.ts';
import { verifySshSignature } from '../attest/verify-ssh-signature.ts';
import type { ReadHead } from '../catalog/head.ts';
import { readHeadIn } from '../catalog/next-head.ts';
import { headPath } from '../catalog/paths.ts';
import { keyRule, type Trust } from '../trust/trust.ts';
import { checkChangedFiles } from './check-changed-files.ts';
import { checkHead } from './check-head.ts';
import { checkTrustChange } from './check-trust-change.ts';
import { finding, shortCommit } from './finding.ts';
import { isMissing } from './missing-objects.ts';
import type { StepContext, StepReport, VerifiedState } from './verified-state.ts';
import type { HistoryStep } from './walk-history.ts';

/** Judges one commit by the state before it, never by what the commit itself says of keys. */
export async function checkStep(
  context: StepContext,
  before: VerifiedState,
  step: HistoryStep,
): Promise<StepReport> {
  const catalog =
    step.catalog === before.catalog
      ? { head: before.head, headUnread: before.headUnread, findings: [] }
      : await checkCatalogChange(context, before, step);
  const trust =
    step.trust === before.trustTree
      ? { chain: before.trust, unread: before.trustUnread, findings: [] }
      : await checkTrustChange(context, before, step);
  return {
    after: {
      catalog: step.catalog,
      head: catalog.head,
      headUnread: catalog.headUnread,
      trust: trust.chain,
      trustUnread: trust.unread,
      trustTree: step.trust,
    },
    catalogFindings: catalog.findings,
    trustFindings: trust.findings,
  };
}

async function checkCatalogChange(
  context: StepContext,
  before: VerifiedState,
  step: HistoryStep,
): Promise<CatalogJudgement> {
  const at = `commit ${shortCommit(step.commit.id)}`;
  const trust = before.trust?.latest;
  if (trust === undefined) {
    return before.trustUnread ? unjudged(context.git, step, at) : untrusted(before, at);
  }
  const { head, headUnread } = before;
  const findings = [...checkSigner(step, trust), ...(await checkChangedFiles(context, before, step, trust))];
  const read = await readHeadOf(context.git, step, at);
  if (!('head' in read)) {
    return read.isMissing
      ? { head: undefined, headUnread: true, findings: [...findings, read.finding] }
      : { head, headUnread, findings: [...findings, read.finding] };
  }
  if (read.head.digest === head?.digest) {
    const same = finding('SK8040', headPath, `${at} changes the catalog without a new head`);
    return { head, headUnread, findings: [...findings, same] };
  }
  const rule = keyRule(trust, 'builder');
  const verdict = verifyEnvelope(read.head.envelope, inTotoPayloadType, rule);
  if (!verdict.verified) {
    const message = `the head of ${at} does not count as a builder's: ${verdict.why}`;
    return { head, headUnread, findings: [...findings, finding('SK8032', headPath, message)] };
  }
  return {
    head: read.head,
    headUnread: false,
    findings: [...findings, ...(await checkHead(context, before, step, read.head, trust))],
  };
}

interface CatalogJudgement {
  readonly head: ReadHead | undefined;
  readonly headUnread: boolean;
  readonly findings: readonly Diagnostic[];
}

function untrusted({ head, headUnread }: VerifiedState, at: string): CatalogJudgement {
  const message = `${at} changes the catalog, and no trust stands before it`;
  const hint = 'commit trust/1.json before the first reconcile';
  return { head, headUnread, findings: [finding('SK8010', 'trust/1.json', message, hint)] };
}

/** Where the trust is not in this clone, a head is taken as it is, so that the next one can be compared with it. */
async function unjudged(git: GitObjects, step: HistoryStep, at: string): Promise<CatalogJudgement> {
  const read = await readHeadOf(git, step, at);
  return 'head' in read
    ? { head: read.head, headUnread: false, findings: [] }
    : { head: undefined, headUnread: true, findings: [read.finding] };
}

async function readHeadOf(
  git: GitObjects,
  step: HistoryStep,
  at: string,
): Promise<{ readonly head: ReadHead } | { readonly finding: Diagnostic; readonly isMissing: boolean }> {
  const head = step.catalog === undefined ? undefined : await readHeadIn(git, step.catalog);
  if (head?.ok === false) {
    const [why] = head.diagnostics;
    const message = `the head of ${at} cannot be read: ${why?.message}`;
    return why !== undefined && isMissing(why)
      ? { finding: why, isMissing: true }
      : { finding: finding('SK8031', headPath, message), isMissing: false };
  }
  return head?.value === undefined
    ? { finding: finding('SK8030', headPath, `${at} leaves the catalog without a head`), isMissing: false }
    : { head: head.value };
}

function checkSigner(step: HistoryStep, trust: Trust): readonly Diagnostic[] {
  const at = `commit ${shortCommit(step.commit.id)}`;
  const { signature } = step.commit;
  if (signature === undefined) {
    return [finding('SK8041', 'catalog', `${at} changes the catalog and is not signed`)];
  }
  const verdict = verifySshSignature(signature.armour, signature.signed, gitNamespace);
  if (!verdict.verified) {
    return [finding('SK8041', 'catalog', `the signature of ${at} does not hold: ${verdict.why}`)];
  }
  const keys = keyRule(trust, 'builder').keys;
  return keys.some((key) => key.keyId === verdict.key.keyId)
    ? []
    : [
        finding(
          'SK8041',
          'catalog',
          `${at} changes the catalog, and its key ${verdict.key.keyId} is no builder's`,
        ),
      ];
}
