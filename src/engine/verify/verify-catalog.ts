import type { CommitId } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Digest } from '../../model/digest.ts';
import { judgeHistory, rolledBack, walkFrom } from './judge-history.ts';
import { judgeTip } from './judge-tip.ts';
import { withMissingAsOne } from './missing-objects.ts';
import { readVerifiedPrefix, writeVerifiedPrefix } from './verified-prefix.ts';
import type { VerifyInput } from './verify-input.ts';

/** What was found, all of it, and the figures of the walk. */
export interface Verification {
  /** Empty where everything holds; errors, and warnings such as SK8015 (unpinned). */
  readonly findings: readonly Diagnostic[];
  readonly summary: VerificationSummary;
}

/** For the last line of `sandkiln verify`, and for scripts. */
export interface VerificationSummary {
  /** No finding is an error. */
  readonly sound: boolean;
  readonly commit: CommitId;
  /** Whether the trust was compared with a pinned digest. */
  readonly trust: { readonly anchor: Digest; readonly version: number; readonly pinned: boolean } | null;
  readonly head: {
    readonly counter: number;
    readonly desiredCommit: string;
    readonly expiresAt: string;
  } | null;
  /** Commits judged in this walk; those before `startedFrom` were judged earlier. */
  readonly commits: number;
  readonly startedFrom: CommitId | null;
  readonly images: number;
  readonly imageVersions: number;
  /** Revisions of allow-lists. */
  readonly revisions: number;
  readonly runs: number;
  readonly envelopes: number;
  /** Null where no store was read. */
  readonly artifacts: number | null;
}

/**
 * Checks a catalog from its first commit to its content: history, heads, keys, records, references and, with a store,
 * artifacts. Gives all findings in one go. What this clone does not hold is one finding (SK8044); all that does not depend
 * on it is judged as ever.
 */
export async function verifyCatalog(input: VerifyInput): Promise<Verification> {
  const remembered = input.prefix === undefined ? undefined : await readVerifiedPrefix(input.prefix);
  const history = await walkFrom(input, remembered);
  const walked = await judgeHistory(input, history);
  const { state } = walked;
  const tip = await judgeTip(input, state);
  const findings = withMissingAsOne([
    ...history.findings,
    ...walked.findings,
    ...rolledBack(state, remembered),
    ...tip.findings,
  ]);
  const sound = findings.every((one) => one.severity !== 'error');
  if (sound && input.prefix !== undefined && state.trust !== undefined) {
    const counter = state.head?.head.counter ?? 0;
    await writeVerifiedPrefix(input.prefix, {
      formatVersion: 1,
      commit: input.commit,
      anchor: state.trust.anchor,
      counter,
    });
  }
  return {
    findings,
    summary: {
      sound,
      commit: input.commit,
      trust: state.trust
        ? {
            anchor: state.trust.anchor,
            version: state.trust.latest.signed.version,
            pinned: state.trust.pinned,
          }
        : null,
      head: state.head?.head ?? null,
      commits: history.steps.length,
      startedFrom: history.base?.commit.id ?? null,
      images: tip.content.facts.states.size,
      imageVersions: tip.content.facts.images.size,
      revisions: tip.content.facts.revisions.size,
      runs: tip.content.facts.runs.size,
      envelopes: tip.content.envelopes,
      artifacts: tip.artifacts,
    },
  };
}
