import type { Diagnostic } from '../../model/diagnostic.ts';
import { readTrustFiles } from '../trust/read-trust.ts';
import { type TrustChain, verifyTrustChain } from '../trust/verify-trust-chain.ts';
import { finding, shortCommit } from './finding.ts';
import { isMissing } from './missing-objects.ts';
import type { StepContext, VerifiedState } from './verified-state.ts';
import type { HistoryStep } from './walk-history.ts';

/**
 * Whether a commit's trust files continue the chain that was in force; if not, that one stays in force. `unread` says
 * that files are not in this clone, and nothing is known of the trust from there on.
 */
export async function checkTrustChange(
  context: StepContext,
  before: VerifiedState,
  step: HistoryStep,
): Promise<{
  readonly chain: TrustChain | undefined;
  readonly unread: boolean;
  readonly findings: readonly Diagnostic[];
}> {
  const at = `commit ${shortCommit(step.commit.id)}`;
  const files = await readTrustFiles(context.git, step.commit.id);
  if (!files.ok) {
    return files.diagnostics.some(isMissing)
      ? { chain: undefined, unread: true, findings: files.diagnostics }
      : { chain: before.trust, unread: before.trustUnread, findings: files.diagnostics };
  }
  if (files.value.size === 0 && before.trust === undefined) {
    return { chain: undefined, unread: before.trustUnread, findings: [] };
  }
  const chain = verifyTrustChain(files.value, context.pinnedTrust);
  if (!chain.ok) {
    return { chain: before.trust, unread: before.trustUnread, findings: chain.diagnostics };
  }
  const changed = before.trust?.versions.find(
    (known) => chain.value.versions[known.signed.version - 1]?.digest !== known.digest,
  );
  if (changed !== undefined) {
    const file = `trust/${changed.signed.version}.json`;
    const replaced = finding('SK8016', file, `${at} removes or replaces ${file}`);
    return { chain: before.trust, unread: before.trustUnread, findings: [replaced] };
  }
  return { chain: chain.value, unread: false, findings: [] };
}
