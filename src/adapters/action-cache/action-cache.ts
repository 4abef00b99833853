import type { ActionId, BlobReference, StageOutput } from '../../model/action.ts';
import type { Digest } from '../../model/digest.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Result } from '../../model/result.ts';

/** Outputs of pure actions by action key. It may be deleted at any time at the price of time alone. */
export interface ActionCache {
  /** Nothing where there is no row, where it is damaged, or where a blob of its output is not in the cache store. */
  get(key: Digest): Promise<ActionCacheRow | undefined>;
  put(row: ActionCacheRow): Promise<Result<void>>;
}

/** What an action gave, and everything that its key was made of, so that a later miss can be explained. */
export interface ActionCacheRow {
  readonly formatVersion: 1;
  readonly key: Digest;
  /** The action that ran; not in the key. */
  readonly action: ActionId;
  /** {@link ActionCacheRow.key} is the SHA-256 over the RFC 8785 form of this. */
  readonly inputs: JsonObject;
  readonly output: StageOutput;
  readonly tools: Readonly<Record<string, string>>;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** In the cache store, unless it was deleted there; absent where the action said nothing. */
  readonly log?: BlobReference;
}
