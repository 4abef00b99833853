import type { ActionCacheRow, KeptResult } from '../../adapters/action-cache/action-cache.ts';
import type { Action, ActionResult } from '../../model/action.ts';
import type { Digest } from '../../model/digest.ts';
import type { JsonObject } from '../../model/json.ts';

/** An action key and what it was made of. */
export interface ActionKey {
  readonly digest: Digest;
  readonly inputs: JsonObject;
}

/** What is kept of an action that succeeded. */
export function rowOf(
  action: Action,
  key: ActionKey,
  result: Extract<ActionResult, { readonly status: 'succeeded' }>,
): ActionCacheRow {
  const { output, tools, startedAt, finishedAt, log } = result;
  return {
    formatVersion: 3,
    key: key.digest,
    action: action.id,
    inputs: key.inputs,
    output,
    tools,
    startedAt,
    finishedAt,
    ...(log === undefined ? {} : { log }),
  };
}

/** The result of an action that was kept; its times are those of the run that made it. */
export function cachedResult({ output, key, startedAt, finishedAt, tools, log }: KeptResult): ActionResult {
  return {
    status: 'succeeded',
    cached: true,
    output,
    key,
    startedAt,
    finishedAt,
    tools,
    ...(log === undefined ? {} : { log }),
  };
}
