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
      ? { head: before.head, findings: [] }
      : await checkCatalogChange(context, before, step);
  const trust =
    step.trust === before.trustTree
      ? { chain: before.trust, findings: [] }
      : await checkTrustChange(context, before, step);
  return {
    after: { catalog: step.catalog, head: catalog.head, trust: trust.chain, trustTree: step.trust },
    catalogFindings: catalog.findings,
    trustFindings: trust.findings,
  };
}

async function checkCatalogChange(
  context: StepContext,
  before: VerifiedState,
  step: HistoryStep,
): Promise<{ readonly head: ReadHead | undefined; readonly findings: readonly Diagnostic[] }> {
  const at = `commit ${shortCommit(step.commit.id)}`;
  const trust = before.trust?.latest;
  if (trust === undefined) {
    const hint = 'commit trust/1.json before the first reconcile';
    return {
      head: before.head,
      findings: [
        finding('SK8010', 'trust/1.json', `${at} changes the catalog, and no trust stands before it`, hint),
      ],
    };
  }
  const findings = [...checkSigner(step, trust), ...(await checkChangedFiles(context, before, step, trust))];
  const read = await readHeadOf(context.git, step, at);
  if (!('head' in read)) {
    return { head: before.head, findings: [...findings, read.finding] };
  }
  if (read.head.digest === before.head?.digest) {
    return {
      head: before.head,
      findings: [...findings, finding('SK8040', headPath, `${at} changes the catalog without a new head`)],
    };
  }
  const rule = keyRule(trust, 'builder');
  const verdict = verifyEnvelope(read.head.envelope, inTotoPayloadType, rule);
  if (!verdict.verified) {
    const message = `the head of ${at} does not count as a builder's: ${verdict.why}`;
    return { head: before.head, findings: [...findings, finding('SK8032', headPath, message)] };
  }
  return {
    head: read.head,
    findings: [...findings, ...(await checkHead(context, before, step, read.head, trust))],
  };
}

async function readHeadOf(
  git: GitObjects,
  step: HistoryStep,
  at: string,
): Promise<{ readonly head: ReadHead } | { readonly finding: Diagnostic }> {
  const head = step.catalog === undefined ? undefined : await readHeadIn(git, step.catalog);
  if (head?.ok === false) {
    return {
      finding: finding(
        'SK8031',
        headPath,
        `the head of ${at} cannot be read: ${head.diagnostics[0]?.message}`,
      ),
    };
  }
  return head?.value === undefined
    ? { finding: finding('SK8030', headPath, `${at} leaves the catalog without a head`) }
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
