import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalStore } from '../adapters/store/store.ts';
import { isRunId } from '../engine/catalog/paths.ts';
import type { BuildResult } from '../model/build-result.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { type Digest, isDigest } from '../model/digest.ts';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import { failure, type Result, success } from '../model/result.ts';
import { unpackBlobs } from './result-blobs.ts';

/** File of the results folder. */
export const resultFileName = 'result.json';

/**
 * The results of a build that ran elsewhere: the file's form is checked, blobs that came with it are taken into the
 * store, and each blob that a record will name is read from there and compared. SK3207 for the form; the store's own
 * diagnostics for blobs.
 */
export async function readBuildResult(folder: string, store: LocalStore): Promise<Result<BuildResult>> {
  const file = join(folder, resultFileName);
  let parsed: JsonValue;
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    return failure(notAResult(file, error instanceof Error ? error.message : String(error)));
  }
  if (!isBuildResult(parsed)) {
    return failure(notAResult(file, 'it is not a build result of this version'));
  }
  const unpacked = await unpackBlobs(parsed, folder, store);
  if (!unpacked.ok) {
    return unpacked;
  }
  const diagnostics: Diagnostic[] = [];
  for (const digest of recordedDigests(parsed)) {
    const checked = await store.check(digest);
    if (!checked.ok) {
      diagnostics.push(...checked.diagnostics);
    }
  }
  return diagnostics.length > 0 ? failure(...diagnostics) : success(parsed);
}

function isBuildResult(value: unknown): value is BuildResult & JsonValue {
  return (
    isJsonObject(value) &&
    value['formatVersion'] === 1 &&
    isRunId(value['run']) &&
    isJsonObject(value['plan']) &&
    isJsonObject(value['host']) &&
    isJsonObject(value['builders']) &&
    Array.isArray(value['changes']) &&
    value['changes'].every(
      (change) => isJsonObject(change) && isJsonObject(change['change']) && isJsonObject(change['actions']),
    )
  );
}

/** Artifacts that `publish` told of, the lock, the SBOMs, and the logs. */
function recordedDigests({ changes }: BuildResult): ReadonlySet<Digest> {
  const digests = new Set<Digest>();
  for (const { actions } of changes) {
    for (const [id, action] of Object.entries(actions)) {
      const stage = id.split('/')[2];
      if ((action.status === 'succeeded' || action.status === 'failed') && action.log !== undefined) {
        digests.add(action.log.digest);
      }
      if (action.status !== 'succeeded') {
        continue;
      }
      const { blobs, data } = action.output;
      const found =
        stage === 'publish'
          ? [...artifactsOf(data['artifacts']), ...artifactsOf([data['lock'] ?? null])]
          : stage === 'scan'
            ? Object.values(blobs)
            : [];
      for (const { digest } of found) {
        digests.add(digest);
      }
    }
  }
  return digests;
}

function artifactsOf(value: JsonValue | undefined): readonly { readonly digest: Digest }[] {
  return Array.isArray(value)
    ? value.flatMap((entry) =>
        isJsonObject(entry) && isDigest(entry['digest']) ? [{ digest: entry['digest'] }] : [],
      )
    : [];
}

function notAResult(file: string, why: string): Diagnostic {
  return {
    code: 'SK3207',
    severity: 'error',
    message: `this cannot be read as the result of a build: ${why}`,
    hint: 'make it with sandkiln build --out DIR, and give that DIR to sandkiln record',
    place: { file },
    failure: 'stalled',
  };
}
