import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommitId, GitObjects } from '../adapters/git/git.ts';
import { decodeBase64, type Envelope } from '../engine/attest/dsse.ts';
import { attestationsBytes } from '../engine/attest/image-attestations.ts';
import { sigstoreBundle } from '../engine/attest/sigstore-bundle.ts';
import type { Catalog } from '../engine/catalog/read-catalog.ts';
import { readTrustFiles } from '../engine/trust/read-trust.ts';
import { keysEverIn } from '../engine/trust/trust.ts';
import { verifyTrustChain } from '../engine/trust/verify-trust-chain.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { isJsonObject } from '../model/json.ts';
import { publicKeyPem } from '../model/public-key.ts';
import type { SandboxImage } from '../model/record.ts';
import { failure, type Result, success } from '../model/result.ts';
import { writeNewFile } from './write-new-file.ts';

/** File names by predicate type. */
const bundleNames: Readonly<Record<string, string>> = {
  'https://slsa.dev/provenance/v1': 'provenance',
  'https://in-toto.io/attestation/test-result/v0.1': 'test-result',
  'https://slsa.dev/verification_summary/v1': 'verdict',
};

/**
 * Writes what is signed about an image into a folder, for verifiers of others: the envelopes as JSON lines, each as a
 * Sigstore bundle v0.3, and the key that made them. Gives the file names. SK9026 where a file is there already or
 * cannot be written; then none of them is left.
 */
export async function writeAttestations(
  git: GitObjects,
  commit: CommitId,
  catalog: Catalog,
  image: SandboxImage,
  folder: string,
): Promise<Result<readonly string[]>> {
  const envelopes = await catalog.attestations(image.name, image.version);
  const trustFiles = await readTrustFiles(git, commit);
  const trust = trustFiles.ok ? verifyTrustChain(trustFiles.value) : trustFiles;
  if (!envelopes.ok || !trust.ok) {
    return envelopes.ok ? (trust as Extract<typeof trust, { ok: false }>) : envelopes;
  }
  const files = new Map<string, string | Uint8Array>([
    ['attestations.intoto.jsonl', attestationsBytes(envelopes.value)],
  ]);
  for (const key of keysEverIn(trust.value.versions, 'builder')) {
    for (const envelope of envelopes.value) {
      const name = bundleNames[predicateTypeOf(envelope) ?? ''];
      const bundle = sigstoreBundle(envelope, key);
      if (name !== undefined && bundle !== undefined) {
        files.set(`${name}.sigstore.json`, `${JSON.stringify(bundle)}\n`);
        files.set('builder.pem', publicKeyPem(key));
      }
    }
  }
  const written: string[] = [];
  for (const [name, content] of files) {
    const path = join(folder, name);
    const wrote = await writeNewFile(path, content);
    if (wrote.ok && wrote.value === 'wrote') {
      written.push(path);
      continue;
    }
    await Promise.all(written.map((one) => rm(one, { force: true })));
    return wrote.ok ? failure(alreadyThere(path)) : wrote;
  }
  return success([...files.keys()]);
}

function predicateTypeOf(envelope: Envelope): string | undefined {
  const payload = decodeBase64(envelope.payload);
  const statement: unknown =
    payload === undefined ? undefined : JSON.parse(Buffer.from(payload).toString('utf8'));
  return isJsonObject(statement) && typeof statement['predicateType'] === 'string'
    ? statement['predicateType']
    : undefined;
}

function alreadyThere(path: string): Diagnostic {
  return {
    code: 'SK9026',
    severity: 'error',
    message: `${path} cannot be written: it is there already`,
    hint: 'pull into an empty folder; existing files are never replaced',
  };
}
