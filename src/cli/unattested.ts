import type { CommitId } from '../adapters/git/git.ts';
import type { Workspace } from '../compose.ts';
import { recordLimitBytes } from '../engine/catalog/parse-record.ts';
import { revisionAttestationPath, revisionPath } from '../engine/catalog/paths.ts';
import type { ReadRevision } from '../engine/catalog/read-allow-list.ts';
import { readTrustFiles } from '../engine/trust/read-trust.ts';
import { keysEverIn } from '../engine/trust/trust.ts';
import { verifyTrustChain } from '../engine/trust/verify-trust-chain.ts';
import { checkRevisionAttestation } from '../engine/verify/check-revision-attestation.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { success } from '../model/result.ts';

/** Why nobody who counts vouches for a revision of an allow-list; nothing where a builder signed exactly its bytes. */
export async function unattested(
  { git, host }: Pick<Workspace, 'git' | 'host'>,
  commit: CommitId,
  { revision, bytes }: ReadRevision,
): Promise<readonly Diagnostic[]> {
  const { name, revision: number } = revision;
  const blob = await git.objectAt(commit, revisionAttestationPath(name, number));
  const [attestation, files] = await Promise.all([
    blob === undefined ? success(undefined) : git.readBlob(blob, recordLimitBytes),
    readTrustFiles(git, commit),
  ]);
  const trust = files.ok ? verifyTrustChain(files.value, host.trustPin) : files;
  if (!attestation.ok || !trust.ok) {
    return trust.ok ? (attestation.ok ? [] : attestation.diagnostics) : trust.diagnostics;
  }
  const builders = keysEverIn(trust.value.versions, 'builder');
  const read = { file: revisionPath(name, number), bytes, revision };
  return checkRevisionAttestation(read, attestation.value, builders).findings;
}
