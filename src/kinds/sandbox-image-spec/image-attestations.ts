import type { Store } from '../../adapters/store/store.ts';
import { attestImage } from '../../engine/attest/attest-image.ts';
import { packageManifestFormat } from '../../engine/attest/document-formats.ts';
import type { ProvenanceInput } from '../../engine/attest/provenance.ts';
import { sbomAttestationFormat, sbomFormat } from '../../engine/attest/sbom-statement.ts';
import { parseRecord } from '../../engine/catalog/parse-record.ts';
import { packageLockShape } from '../../engine/catalog/record-shapes.ts';
import type { RecordContext } from '../../engine/record/recorder.ts';
import type { ChangeResult } from '../../model/build-result.ts';
import type { Digest } from '../../model/digest.ts';
import type { JsonObject } from '../../model/json.ts';
import type { PackageLock } from '../../model/package-lock.ts';
import { packagePurl } from '../../model/package-purl.ts';
import type { BuildArtifact } from '../../model/record.ts';
import { type Result, success } from '../../model/result.ts';
import { objectShape } from '../../model/shape.ts';
import type { ImageEvidence } from './image-evidence.ts';

/** An image's files with everything that is signed about them. */
export interface SignedImage {
  /** What the build made, the list of packages, and the SBOM with its envelope. */
  readonly artifacts: readonly BuildArtifact[];
  /** Content of `attestations.intoto.jsonl`. */
  readonly attestations: Uint8Array;
}

const documentLimitBytes = 64 * 1024 * 1024;

/** Signs what is known of an image's files; the envelope around the SBOM goes into the store. */
export async function signImage(
  result: ChangeResult,
  evidence: ImageEvidence,
  lock: PackageLock | null,
  context: RecordContext,
): Promise<Result<SignedImage>> {
  const bom = await readBom(evidence, context);
  if (!bom.ok) {
    return bom;
  }
  const artifacts = [...evidence.artifacts, ...documents(evidence)].sort((left, right) =>
    left.name < right.name ? -1 : 1,
  );
  const { tree, smokeTests } = evidence;
  const { name } = result.change.resource;
  const signed = await attestImage({
    image: { name, tree, artifacts, smokeTests, specVersion: result.change.to ?? '' },
    provenance: provenanceOf(result, evidence, lock, context),
    bom: bom.value,
    // One process builds and signs, so no more is claimed.
    platform: 'shared',
    timeVerified: context.build.finishedAt,
    signers: [context.signer],
  });
  const stored = await context.store.put([signed.sbomEnvelope ?? new Uint8Array()]);
  if (!stored.ok) {
    return stored;
  }
  const envelope: BuildArtifact = {
    name: 'sbom.intoto.jsonl',
    format: sbomAttestationFormat,
    mediaType: 'application/vnd.in-toto.bundle',
    ...stored.value,
  };
  return success({ artifacts: [...artifacts, envelope], attestations: signed.bytes });
}

/** The lock that the build pinned, read back by digest; null where the image adds no packages. */
export async function readLock(
  evidence: ImageEvidence,
  context: { readonly store: Pick<Store, 'readSmall'> },
): Promise<Result<PackageLock | null>> {
  if (evidence.lock === null) {
    return success(null);
  }
  const bytes = await context.store.readSmall(evidence.lock.digest, documentLimitBytes);
  return bytes.ok ? parseRecord(bytes.value, packageLockShape, 'packages.lock.json', 'exact') : bytes;
}

/** The SBOM, read back by digest. */
export async function readBom(
  evidence: ImageEvidence,
  context: { readonly store: Pick<Store, 'readSmall'> },
): Promise<Result<JsonObject>> {
  const bytes = await context.store.readSmall(evidence.sbom.digest, documentLimitBytes);
  return bytes.ok ? parseRecord(bytes.value, objectShape, 'sbom.cdx.json') : bytes;
}

/** What the scan wrote about the image. */
function documents({ sbom, packageManifest }: ImageEvidence): readonly BuildArtifact[] {
  const mediaType = 'application/vnd.cyclonedx+json';
  return [
    {
      name: 'packages.json',
      format: packageManifestFormat,
      mediaType: 'application/json',
      ...packageManifest,
    },
    { name: 'sbom.cdx.json', format: sbomFormat, mediaType, ...sbom },
  ];
}

function provenanceOf(
  { change, resource }: ChangeResult,
  evidence: ImageEvidence,
  lock: PackageLock | null,
  { build }: RecordContext,
): Omit<ProvenanceInput, 'subjects'> {
  if (resource === null) {
    throw new TypeError('only an image that has a spec is attested');
  }
  const parent = evidence.lineage.at(-1);
  return {
    parameters: {
      image: change.resource.name,
      spec: resource.digest,
      resolvedSpec: resource.spec,
      specFile: resource.file,
    },
    internalParameters: { sourceDateEpoch: evidence.sourceDateEpoch, actionKeys: evidence.keys },
    desiredCommit: { id: build.plan.desiredCommit ?? '' },
    files: change.inputs['files'] as unknown as Readonly<Record<string, Digest>>,
    lock:
      lock === null || evidence.lock === null
        ? null
        : {
            digest: evidence.lock.digest,
            indexes: lock.indexes.map(({ release }) => ({ path: release.path, digest: release.digest })),
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
  };
}
