import { Buffer } from 'node:buffer';
import type { Signer } from '../../adapters/signer/signer.ts';
import { type Digest, digestOfBytes } from '../../model/digest.ts';
import type { JsonObject } from '../../model/json.ts';
import type { SandboxImage } from '../../model/record.ts';
import type { Envelope } from './dsse.ts';
import { attestationsBytes, envelopeDigest, envelopeLine, imageSubjects } from './image-attestations.ts';
import { type ProvenanceInput, provenanceStatement, provenanceType } from './provenance.ts';
import { cycloneDxType, sbomStatement } from './sbom-statement.ts';
import { signStatement } from './sign-envelope.ts';
import { testResultStatement, testResultType } from './test-result.ts';
import { type BuildPlatform, vsaStatement } from './vsa.ts';

/** What stands beside the image record, and what goes to the store. */
export interface ImageAttestations {
  /** Content of `attestations.intoto.jsonl`: provenance, test result, verdict. */
  readonly bytes: Uint8Array;
  /** For the record's field `attestations`. */
  readonly digest: Digest;
  /** The envelope around the SBOM, for the store; an artifact of the format `cyclonedx-attestation` names it. */
  readonly sbomEnvelope: Uint8Array | undefined;
}

/**
 * Signs everything that is said of a new image. All statements have the same subjects; the verdict comes last and
 * names the digests of the others. Without signers it throws.
 */
export async function attestImage(input: {
  /** With the SBOM (format `cyclonedx`) among the artifacts, where there is one. */
  readonly image: Pick<SandboxImage, 'name' | 'tree' | 'artifacts' | 'smokeTests'> & {
    readonly specVersion: string;
  };
  readonly provenance: Omit<ProvenanceInput, 'subjects'>;
  readonly bom: JsonObject | undefined;
  readonly platform: BuildPlatform;
  /** ISO 8601 UTC. */
  readonly timeVerified: string;
  readonly signers: readonly Signer[];
}): Promise<ImageAttestations> {
  const { image, provenance, bom, signers } = input;
  const subjects = imageSubjects(image);
  const { spec } = provenance.parameters;
  const built = await signStatement(provenanceStatement({ ...provenance, subjects }), ...signers);
  const tested = await signStatement(
    testResultStatement({ subjects, spec, smokeTests: image.smokeTests }),
    ...signers,
  );
  const listed =
    bom === undefined ? undefined : await signStatement(sbomStatement(subjects, bom), ...signers);
  const looked: readonly (readonly [string, Envelope | undefined])[] = [
    [provenanceType, built],
    [testResultType, tested],
    [cycloneDxType, listed],
  ];
  const verdict = await signStatement(
    vsaStatement({
      subjects,
      image,
      passed: image.smokeTests.every((test) => test.outcome !== 'failed'),
      platform: input.platform,
      inputAttestations: looked.flatMap(([predicateType, envelope]) =>
        envelope === undefined ? [] : [{ predicateType, digest: envelopeDigest(envelope) }],
      ),
      engineVersion: provenance.engineVersion,
      timeVerified: input.timeVerified,
    }),
    ...signers,
  );
  const bytes = attestationsBytes([built, tested, verdict]);
  return {
    bytes,
    digest: digestOfBytes(bytes),
    sbomEnvelope: listed === undefined ? undefined : Buffer.from(envelopeLine(listed), 'utf8'),
  };
}
