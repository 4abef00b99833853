import type { Action, ActionId, StageOutput } from '../../model/action.ts';
import { type Digest, digestOfJson } from '../../model/digest.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Stage, StageFingerprint } from '../stage.ts';

/** Raised when an action key is made of other parts. */
const keySchemaVersion = 1;

/** What keys hold besides the action itself. */
export interface KeySurroundings {
  /** Operating system and architecture: `linux/x64`. */
  readonly platform: string;
  /** Changing it empties the cache; default ''. */
  readonly salt: string;
}

/** Everything that can influence the output of an action. Its digest is the action key. */
export function actionKeyInputs(
  action: Action,
  stage: Stage,
  fingerprint: StageFingerprint,
  needs: ReadonlyMap<ActionId, StageOutput>,
  surroundings: KeySurroundings,
): JsonObject {
  return {
    schemaVersion: keySchemaVersion,
    stage: stage.name,
    version: stage.version,
    input: action.input,
    environment: fingerprint.environment,
    tools: fingerprint.tools,
    needs: Object.fromEntries(
      action.needs.map((id) => {
        const output = needs.get(id);
        return [id, output === undefined ? null : outputDigest(output)];
      }),
    ),
    timeoutMs: action.timeoutMs,
    platform: surroundings.platform,
    salt: surroundings.salt,
  };
}

/** Equal for outputs that nobody could tell apart, however they came to be. */
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
