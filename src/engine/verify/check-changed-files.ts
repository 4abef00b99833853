import type { GitObjects, ObjectId } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { inTotoPayloadType } from '../attest/dsse.ts';
import { verifyEnvelope } from '../attest/verify-envelope.ts';
import { differences } from '../catalog/catalog-diff.ts';
import { catalogFileLimitBytes } from '../catalog/catalog-digest.ts';
import { parseAttestations } from '../catalog/parse-attestations.ts';
import { isImmutable } from '../catalog/paths.ts';
import { keyRule, type Trust } from '../trust/trust.ts';
import { finding, shortCommit } from './finding.ts';
import type { StepContext, VerifiedState } from './verified-state.ts';
import type { HistoryStep } from './walk-history.ts';

/** Records that must never change have not, and what is new in attestations is signed by builders of that moment. */
export async function checkChangedFiles(
  context: StepContext,
  before: VerifiedState,
  step: HistoryStep,
  trust: Trust,
): Promise<readonly Diagnostic[]> {
  const at = `commit ${shortCommit(step.commit.id)}`;
  const changed = await differences(context.git, before.catalog, step.catalog, 'catalog');
  if (!changed.ok) {
    return changed.diagnostics;
  }
  const findings: Diagnostic[] = [];
  for (const { path, before: old, after } of changed.value) {
    if (old !== undefined && isImmutable(path)) {
      const what = after === undefined ? 'removes' : 'changes';
      findings.push(finding('SK8042', path, `${at} ${what} ${path}, which stays as it is once it is there`));
    }
    if (after !== undefined && path.endsWith('/attestations.intoto.jsonl')) {
      findings.push(...(await checkNewAttestations(context.git, after.id, path, at, trust)));
    }
  }
  return findings;
}

async function checkNewAttestations(
  git: GitObjects,
  blob: ObjectId,
  path: string,
  at: string,
  trust: Trust,
): Promise<readonly Diagnostic[]> {
  const bytes = await git.readBlob(blob, catalogFileLimitBytes);
  const envelopes = bytes.ok ? parseAttestations(bytes.value, path) : bytes;
  if (!envelopes.ok) {
    return envelopes.diagnostics;
  }
  const rule = keyRule(trust, 'builder');
  return envelopes.value.flatMap((envelope) => {
    const verdict = verifyEnvelope(envelope, inTotoPayloadType, rule);
    return verdict.verified
      ? []
      : [
          finding(
            'SK8021',
            path,
            `an attestation that ${at} adds does not count as a builder's: ${verdict.why}`,
          ),
        ];
  });
}
