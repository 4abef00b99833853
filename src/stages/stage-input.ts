import type { StageContext } from '../engine/stage.ts';
import type { Action, BlobReference, StageOutput } from '../model/action.ts';
import type { JsonObject } from '../model/json.ts';

/**
 * The action's input as the stage's own type. The pipeline of the kind made it from that type, so this is where the
 * one conversion from JSON stands.
 */
export function inputOf<Input>(action: Action): Input {
  return action.input as unknown as Input;
}

/** A typed value as the JSON that actions and outputs carry; it must hold plain data alone. */
export function asJson<Value extends object>(value: Value): JsonObject {
  return value as unknown as JsonObject;
}

/** The blob of that name among the outputs that the action needs. */
export function neededBlob(context: StageContext, name: string): BlobReference | undefined {
  return firstOutput(context, (output) => output.blobs[name]);
}

/** A value of that name among the data that the action needs. */
export function neededData<Value>(context: StageContext, name: string): Value | undefined {
  return firstOutput(context, (output) => output.data[name]) as Value | undefined;
}

function firstOutput<Found>(
  context: StageContext,
  find: (output: StageOutput) => Found | undefined,
): Found | undefined {
  for (const output of context.needs.values()) {
    const found = find(output);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}
