import {
  attestationsBytes,
  envelopeDigest,
  envelopeLine,
  imageSubjects,
} from '../../engine/attest/image-attestations.ts';
import { provenanceStatement, provenanceType } from '../../engine/attest/provenance.ts';
import {
  cycloneDxType,
  sbomAttestationFormat,
  sbomFormat,
  sbomStatement,
} from '../../engine/attest/sbom-statement.ts';
import { signStatement } from '../../engine/attest/sign-envelope.ts';
import { testResultStatement, testResultType } from '../../engine/attest/test-result.ts';
import { vsaStatement } from '../../engine/attest/vsa.ts';
import type { RecordContext } from '../../engine/record/recorder.ts';
import type { ChangeResult } from '../../model/build-result.ts';
import type { Digest } from '../../model/digest.ts';
import type { JsonObject } from '../../model/json.ts';
import type { PackageLock } from '../../model/package-lock.ts';
import { packagePurl } from '../../model/package-purl.ts';
import type { BuildArtifact } from '../../model/record.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { ImageEvidence } from './image-evidence.ts';

export interface SignedImage {
  /** What the build made, and the SBOM with its envelope. */
  readonly artifacts: readonly BuildArtifact[];
  /** Content of `attestations.intoto.jsonl`. */
  readonly attestations: Uint8Array;
}

const documentLimitBytes = 64 * 1024 * 1024;

/**
 * Signs what is known of an image's files: provenance, test result, SBOM, and the gate's verdict over these. The
 * envelope around the SBOM goes into the store; the others stand in the catalog.
 */
export async function attestImage(
  result: ChangeResult,
  evidence: ImageEvidence,
  lock: PackageLock | null,
  context: RecordContext,
): Promise<Result<SignedImage>> {
  const bom = await context.store.readSmall(evidence.sbom.digest, documentLimitBytes);
  if (!bom.ok) {
    return bom;
  }
  const sbomArtifact: BuildArtifact = {
    name: 'sbom.cdx.json',
    format: sbomFormat,
    mediaType: 'application/vnd.cyclonedx+json',
    ...evidence.sbom,
  };
  const made = [...evidence.artifacts, sbomArtifact].sort((left, right) => (left.name < right.name ? -1 : 1));
  const subjects = imageSubjects({ tree: evidence.tree, artifacts: made });
  const { signer, build } = context;
  const provenance = await signStatement(provenanceOf(result, evidence, lock, subjects, context), signer);
  const tests = await signStatement(
    testResultStatement({ subjects, spec: specDigest(result), smokeTests: evidence.smokeTests }),
    signer,
  );
  const document = JSON.parse(Buffer.from(bom.value).toString('utf8')) as JsonObject;
  const sbom = await signStatement(sbomStatement(subjects, document), signer);
  const stored = await context.store.put([Buffer.from(envelopeLine(sbom))]);
  if (!stored.ok) {
    return stored;
  }
  const verdict = await signStatement(
    vsaStatement({
      subjects,
      image: { name: result.change.resource.name, specVersion: result.change.to ?? '' },
      passed: true,
      platform: 'shared',
      inputAttestations: [
        { predicateType: provenanceType, digest: envelopeDigest(provenance) },
        { predicateType: testResultType, digest: envelopeDigest(tests) },
        { predicateType: cycloneDxType, digest: envelopeDigest(sbom) },
      ],
      engineVersion: build.engineVersion,
      timeVerified: build.finishedAt,
    }),
    signer,
  );
  const sbomEnvelope: BuildArtifact = {
    name: 'sbom.intoto.jsonl',
    format: sbomAttestationFormat,
    mediaType: 'application/vnd.in-toto.bundle',
    ...stored.value,
  };
  return success({
    artifacts: [...made, sbomEnvelope],
    attestations: attestationsBytes([provenance, tests, verdict]),
  });
}

function provenanceOf(
  result: ChangeResult,
  evidence: ImageEvidence,
  lock: PackageLock | null,
  subjects: ReturnType<typeof imageSubjects>,
  { build }: RecordContext,
) {
  const { change, resource } = result;
  const parent = evidence.lineage.at(-1);
  return provenanceStatement({
    subjects,
    parameters: {
      image: change.resource.name,
      spec: specDigest(result),
      resolvedSpec: resource?.spec ?? {},
      specFile: resource?.file ?? '',
    },
    internalParameters: { sourceDateEpoch: evidence.sourceDateEpoch, actionKeys: evidence.keys },
    desiredCommit: { id: build.plan.desiredCommit ?? '' },
    files: change.inputs['files'] as unknown as Readonly<Record<string, Digest>>,
    lock:
      lock === null || evidence.lock === null
        ? null
        : {
            digest: evidence.lock.digest,
            indexes: lock.indexes.map((index) => ({
              path: index.release.path,
              digest: index.release.digest,
            })),
            packages: lock.packages.map((entry) => ({
              purl: packagePurl(entry, lock),
              digest: entry.digest,
            })),
          },
    parent:
      parent === undefined
        ? null
        : { name: parent.name, version: parent.specVersion, tree: parent.tree.digest },
    engineVersion: build.engineVersion,
    tools: evidence.tools,
    run: build.run,
    startedOn: evidence.startedOn,
    finishedOn: evidence.finishedOn,
    logs: evidence.logs.map((log) => ({ name: log.name, digest: log.blob.digest })),
  });
}

function specDigest(result: ChangeResult): Digest {
  if (result.resource === null) {
    throw new TypeError('only an image that has a spec is attested');
  }
  return result.resource.digest;
}

/** The lock that the build pinned, read back by digest. */
export async function readLock(
  evidence: ImageEvidence,
  context: RecordContext,
): Promise<Result<PackageLock | null>> {
  if (evidence.lock === null) {
    return success(null);
  }
  const bytes = await context.store.readSmall(evidence.lock.digest, documentLimitBytes);
  if (!bytes.ok) {
    return bytes;
  }
  const lock: unknown = JSON.parse(Buffer.from(bytes.value).toString('utf8'));
  return isPackageLock(lock)
    ? success(lock)
    : failure({
        code: 'SK8060',
        severity: 'error',
        message: `the package lock ${evidence.lock.digest} that the build names is not a lock`,
        hint: 'build again; results that were edited on the way cannot be recorded',
        failure: 'stalled',
      });
}

function isPackageLock(value: unknown): value is PackageLock {
  return typeof value === 'object' && value !== null && 'formatVersion' in value && 'packages' in value;
}
