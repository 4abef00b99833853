import type { Action, ActionId, ActionResult, StageOutput } from '../../model/action.ts';

/** Outputs of what an action needs; one that ended without an output has no entry. */
export function neededOutputs(
  action: Action,
  results: ReadonlyMap<ActionId, ActionResult>,
): ReadonlyMap<ActionId, StageOutput> {
  if (action.needs.length === 0) {
    return noOutputs;
  }
  const outputs = new Map<ActionId, StageOutput>();
  for (const id of action.needs) {
    const result = results.get(id);
    if (result !== undefined && 'output' in result && result.output !== undefined) {
      outputs.set(id, result.output);
    }
  }
  return outputs;
}

const noOutputs: ReadonlyMap<ActionId, StageOutput> = new Map();
