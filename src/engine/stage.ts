import type { WorkContext } from '../adapters/work-context.ts';
import type { Action, ActionId, EffectClass, StageOutput } from '../model/action.ts';
import type { JsonObject } from '../model/json.ts';
import type { Result } from '../model/result.ts';
import type { ToolVersions } from '../model/tool.ts';

/** The code that an action runs. A stage file exports a function that takes ports and gives one of these. */
export interface Stage {
  readonly name: string;
  /** Raised when the same action would give another output. */
  readonly version: number;
  readonly effect: EffectClass;
  /** What, besides input and needed outputs, decides the output: tools, adapters, the host's abilities. */
  fingerprint(action: Action): Promise<Result<StageFingerprint>>;
  run(action: Action, context: StageContext): Promise<Result<StageOutput>>;
}

export interface StageFingerprint {
  readonly tools: ToolVersions;
  /** Adapter names and versions and whatever else belongs in the key. */
  readonly environment: JsonObject;
}

export interface StageContext extends WorkContext {
  /** Outputs of the actions that this one needs. */
  readonly needs: ReadonlyMap<ActionId, StageOutput>;
}
