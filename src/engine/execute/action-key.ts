import type { Action, ActionId, StageOutput } from '../../model/action.ts';
import { type Digest, digestOfJson } from '../../model/digest.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Stage, StageFingerprint } from '../stage.ts';

/** Raised when an action key is made of other parts. */
const keySchemaVersion = 2;

/** What keys hold besides the action itself. */
export interface KeySurroundings {
  /** Operating system and architecture: `linux/x64`. */
  readonly platform: string;
  /** Changing it empties the cache; default ''. */
  readonly salt: string;
  /** Trust domain: what a run of one domain keeps is never read by a run of another. */
  readonly domain: string;
}

/** Gives the digest of an output: equal for outputs that nobody could tell apart, however they came to be. */
export type OutputDigests = (output: StageOutput) => Digest;

/** Everything that can influence the output of an action. */
export function actionKeyInputs(
  action: Action,
  stage: Stage,
  fingerprint: StageFingerprint,
  needs: ReadonlyMap<ActionId, StageOutput>,
  surroundings: KeySurroundings,
  outputDigest: OutputDigests,
): JsonObject {
  const digests: Record<string, Digest | null> = Object.create(null);
  for (const id of action.needs) {
    const output = needs.get(id);
    digests[id] = output === undefined ? null : outputDigest(output);
  }
  return {
    stage: stage.name,
    version: stage.version,
    input: action.input,
    environment: fingerprint.environment,
    tools: fingerprint.tools,
    needs: digests,
    timeoutMs: action.timeoutMs,
    platform: surroundings.platform,
    salt: surroundings.salt,
    domain: surroundings.domain,
  };
}

/** The action key: SHA-256 over the RFC 8785 form of a list of the schema version and the inputs. */
export function actionKey(inputs: JsonObject): Digest {
  return digestOfJson([keySchemaVersion, inputs]);
}

/** Each output is hashed once, however many actions need it. */
export function createOutputDigests(): OutputDigests {
  const known = new WeakMap<StageOutput, Digest>();
  return (output) => {
    const digest = known.get(output) ?? outputDigest(output);
    known.set(output, digest);
    return digest;
  };
}

function outputDigest(output: StageOutput): Digest {
  return digestOfJson({
    blobs: Object.fromEntries(
      Object.entries(output.blobs).map(([name, blob]) => [
        name,
        { digest: blob.digest, sizeBytes: blob.sizeBytes },
      ]),
    ),
    data: output.data,
    notNeeded: output.notNeeded ?? null,
  });
}
