import { Buffer } from 'node:buffer';
import type { Store } from '../../adapters/store/store.ts';
import type { BlobReference } from '../../model/action.ts';
import { canonicalJson } from '../../model/canonical-json.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { isJsonObject } from '../../model/json.ts';
import type { PublicKey } from '../../model/public-key.ts';
import { isEnvelope } from '../attest/dsse.ts';
import { cycloneDxType, sbomAttestationFormat, sbomFormat } from '../attest/sbom-statement.ts';
import type { CatalogFacts, ImageFacts } from './catalog-facts.ts';
import { readVerified, sameSubjects } from './check-attestations.ts';
import { checkLongLists } from './check-long-lists.ts';
import { finding } from './finding.ts';

const sbomLimitBytes = 256 * 1024 * 1024;

/** Reads every artifact, SBOM and log that the catalog names, and compares digests, sizes and what SBOMs are signed for. */
export async function checkArtifacts(
  store: Store,
  facts: CatalogFacts,
  builders: readonly PublicKey[],
): Promise<{ readonly findings: readonly Diagnostic[]; readonly checked: number }> {
  const findings: Diagnostic[] = [];
  const seen = new Set<string>();
  const check = async (file: string, label: string, blob: BlobReference): Promise<void> => {
    const key = `${blob.digest} ${blob.sizeBytes}`;
    if (!seen.has(key)) {
      seen.add(key);
      findings.push(...(await checkBlob(store, file, label, blob)));
    }
  };
  for (const image of facts.images.values()) {
    for (const artifact of image.artifacts) {
      await check(image.file, `the artifact ${artifact.name}`, artifact);
    }
    findings.push(...(await checkSbom(store, image, builders)));
  }
  for (const { file, name, revision, blobs } of facts.revisions.values()) {
    for (const blob of blobs) {
      await check(file, `revision ${revision} of ${name}`, blob);
    }
  }
  findings.push(...(await checkLongLists(store, facts)));
  for (const run of facts.runs.values()) {
    for (const log of run.logs) {
      await check(run.file, `the log of ${log.action}`, log.blob);
    }
  }
  return { findings, checked: seen.size };
}

async function checkBlob(
  store: Store,
  file: string,
  label: string,
  blob: BlobReference,
): Promise<readonly Diagnostic[]> {
  if (!(await store.has([blob.digest])).has(blob.digest)) {
    const hint = 'fetch it from a store that has it, or rebuild the image; artifacts are found by digest';
    return [finding('SK8060', file, `${label} (${blob.digest}) is not in the store`, hint)];
  }
  const found = await store.check(blob.digest);
  if (found.ok && found.value.sizeBytes === blob.sizeBytes) {
    return [];
  }
  const why = found.ok
    ? `it has ${found.value.sizeBytes} bytes, not ${blob.sizeBytes}`
    : (found.diagnostics[0]?.message ?? 'it cannot be read');
  return [
    finding(
      'SK8061',
      file,
      `${label} (${blob.digest}) is damaged: ${why}`,
      'delete it from the store and fetch it again',
    ),
  ];
}

async function checkSbom(
  store: Store,
  image: ImageFacts,
  builders: readonly PublicKey[],
): Promise<readonly Diagnostic[]> {
  const of = (format: string): BlobReference | undefined =>
    image.artifacts.find((one) => one.format === format);
  const [bom, attestation] = [of(sbomFormat), of(sbomAttestationFormat)];
  if (bom === undefined || attestation === undefined) {
    return bom === undefined && attestation === undefined
      ? []
      : [finding('SK8056', image.file, `${image.file} has an SBOM or an envelope around it, and not both`)];
  }
  const [bomBytes, envelopeBytes] = await Promise.all([
    store.readSmall(bom.digest, sbomLimitBytes),
    store.readSmall(attestation.digest, sbomLimitBytes),
  ]);
  if (!bomBytes.ok || !envelopeBytes.ok) {
    // Missing and damaged blobs are told by checkBlob.
    return [];
  }
  const envelope = parsed(envelopeBytes.value);
  if (!isEnvelope(envelope)) {
    return [
      finding('SK8020', image.file, `the SBOM attestation that ${image.file} names is no DSSE envelope`),
    ];
  }
  const read = readVerified(envelope, builders, image.file);
  if ('finding' in read) {
    return [read.finding];
  }
  const { statement } = read;
  const inside = canonical(statement.predicate);
  return statement.predicateType === cycloneDxType &&
    sameSubjects(statement.subject, image.subjects) &&
    inside !== undefined &&
    inside === canonical(parsed(bomBytes.value))
    ? []
    : [
        finding(
          'SK8057',
          image.file,
          `the SBOM attestation that ${image.file} names is about other files or another SBOM`,
        ),
      ];
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

function canonical(value: unknown): string | undefined {
  try {
    return isJsonObject(value) ? canonicalJson(value) : undefined;
  } catch {
    return undefined;
  }
}
