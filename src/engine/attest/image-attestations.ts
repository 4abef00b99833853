import { Buffer } from 'node:buffer';
import { canonicalJson } from '../../model/canonical-json.ts';
import { type Digest, digestOfBytes } from '../../model/digest.ts';
import type { BuildArtifact, SandboxImage } from '../../model/record.ts';
import type { Envelope } from './dsse.ts';
import { sbomAttestationFormat } from './sbom-statement.ts';
import { named, type Subject } from './statement.ts';

/** Name of the tree among the subjects. */
export const treeSubjectName = 'tree';

/**
 * What every attestation of an image is about: its tree and each artifact by name, but for the envelope around the
 * SBOM, which cannot speak of itself.
 */
export function imageSubjects(image: {
  readonly tree: SandboxImage['tree'];
  readonly artifacts: readonly BuildArtifact[];
}): readonly Subject[] {
  return [
    named(treeSubjectName, image.tree.digest),
    ...image.artifacts
      .filter((artifact) => artifact.format !== sbomAttestationFormat)
      .map((artifact) => named(artifact.name, artifact.digest)),
  ];
}

/** An envelope on one line, without newline: its bytes in the store, and what a VSA names by digest. */
export function envelopeLine(envelope: Envelope): string {
  return canonicalJson(envelope);
}

export function envelopeDigest(envelope: Envelope): Digest {
  return digestOfBytes(envelopeLine(envelope));
}

/** `attestations.intoto.jsonl`: one envelope a line (in-toto/attestation, spec/v1/bundle.md). */
export function attestationsBytes(envelopes: readonly Envelope[]): Uint8Array {
  return Buffer.from(envelopes.map((envelope) => `${envelopeLine(envelope)}\n`).join(''), 'utf8');
}
