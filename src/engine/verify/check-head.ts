import type { Diagnostic } from '../../model/diagnostic.ts';
import { catalogDigestOfTree } from '../catalog/catalog-digest.ts';
import type { ReadHead } from '../catalog/head.ts';
import { headPath } from '../catalog/paths.ts';
import type { Trust } from '../trust/trust.ts';
import { finding, shortCommit } from './finding.ts';
import type { StepContext, VerifiedState } from './verified-state.ts';
import type { HistoryStep } from './walk-history.ts';

/** What a head, whose signature holds, says of its predecessor, its trust, its times, its catalog and its desired commit. */
export async function checkHead(
  context: StepContext,
  before: VerifiedState,
  step: HistoryStep,
  read: ReadHead,
  trust: Trust,
): Promise<readonly Diagnostic[]> {
  const { head } = read;
  const at = `commit ${shortCommit(step.commit.id)}`;
  const findings: Diagnostic[] = [];
  const due = (before.head?.head.counter ?? 0) + 1;
  if (!before.headUnread && head.counter !== due) {
    findings.push(
      finding('SK8033', headPath, `the head of ${at} has the counter ${head.counter}, and ${due} is due`),
    );
  }
  if (!before.headUnread && head.previous !== (before.head?.digest ?? null)) {
    findings.push(finding('SK8034', headPath, `the head of ${at} does not name the head before it`));
  }
  if (head.trustVersion !== trust.signed.version) {
    const message = `the head of ${at} refers to trust ${head.trustVersion}, and ${trust.signed.version} was in force`;
    findings.push(finding('SK8038', headPath, message));
  }
  const [issuedMs, expiresMs] = [Date.parse(head.issuedAt), Date.parse(head.expiresAt)];
  if (expiresMs <= issuedMs || issuedMs > context.now.getTime() + clockToleranceMs) {
    const message = `the head of ${at} is issued ${head.issuedAt} and expires ${head.expiresAt}: that cannot be`;
    findings.push(
      finding('SK8039', headPath, message, 'check the clock of the machine that wrote it, and of this one'),
    );
  }
  const digest = await catalogDigestOfTree({ git: context.git, root: step.catalog, memo: context.memo });
  if (!digest.ok) {
    findings.push(...digest.diagnostics);
  } else if (digest.value !== read.catalogDigest) {
    const message = `the catalog of ${at} has the digest ${digest.value}, and its head says ${read.catalogDigest}`;
    findings.push(finding('SK8035', headPath, message));
  }
  if (!(await context.isKnownDesired(head.desiredCommit, step.commit.id))) {
    const message = `the head of ${at} stands for the desired commit ${head.desiredCommit}, which is not in its history`;
    findings.push(
      finding('SK8036', headPath, message, 'fetch the whole history, and the branch of the desired state'),
    );
  }
  return findings;
}

/** Clocks of two machines may be this far apart. */
const clockToleranceMs = 5 * 60 * 1000;
