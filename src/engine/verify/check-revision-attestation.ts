import type { AllowListRevision } from '../../model/allow-list-record.ts';
import { canonicalJson } from '../../model/canonical-json.ts';
import { digestOfBytes } from '../../model/digest.ts';
import type { PublicKey } from '../../model/public-key.ts';
import { revisionStatement } from '../attest/revision-statement.ts';
import { parseAttestations } from '../catalog/parse-attestations.ts';
import { revisionAttestationPath } from '../catalog/paths.ts';
import { readVerified } from './check-attestations.ts';
import { finding } from './finding.ts';
import type { RecordReport } from './record-report.ts';

/**
 * Checks that one envelope stands beside a revision, signed by a builder, about exactly its bytes: SK8056 where it is not
 * there, SK8057 where it is about something else.
 */
export function checkRevisionAttestation(
  {
    file,
    bytes,
    revision,
  }: { readonly file: string; readonly bytes: Uint8Array; readonly revision: AllowListRevision },
  attestation: Uint8Array | undefined,
  builders: readonly PublicKey[],
  isUnread: (path: string) => boolean = () => false,
): RecordReport {
  const path = revisionAttestationPath(revision.name, revision.revision);
  if (attestation === undefined) {
    return isUnread(path)
      ? { findings: [], envelopes: 0 }
      : { findings: [finding('SK8056', file, `${file} has no attestation beside it`)], envelopes: 0 };
  }
  const envelopes = parseAttestations(attestation, path);
  if (!envelopes.ok) {
    return { findings: envelopes.diagnostics, envelopes: 0 };
  }
  const [envelope, ...more] = envelopes.value;
  const read = envelope === undefined ? undefined : readVerified(envelope, builders, path);
  if (read === undefined || more.length > 0) {
    return {
      findings: [finding('SK8056', path, `${path} has ${envelopes.value.length} envelopes; it needs one`)],
      envelopes: envelopes.value.length,
    };
  }
  if ('finding' in read) {
    return { findings: [read.finding], envelopes: 1 };
  }
  const wanted = canonicalJson(revisionStatement(revision, digestOfBytes(bytes)));
  return {
    findings:
      canonicalJson(read.statement) === wanted
        ? []
        : [finding('SK8057', path, `the statement in ${path} does not fit ${file}`)],
    envelopes: 1,
  };
}
