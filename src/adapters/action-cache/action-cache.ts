import type { ActionId, BlobReference, StageOutput } from '../../model/action.ts';
import type { Digest } from '../../model/digest.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Result } from '../../model/result.ts';

/**
 * Outputs of pure actions by action key. It may be deleted at any time at the price of time alone. One trust domain has
 * one; nobody reads another's.
 */
export interface ActionCache {
  /**
   * Nothing where there is no row, where it is damaged, or where a blob that it needs is not in the cache store with
   * the right digest.
   */
  get(key: Digest): Promise<KeptResult | undefined>;
  /** SK3020 where the row could not be kept. */
  put(row: ActionCacheRow): Promise<Result<void>>;
  /** The rows of the last two different keys that an action ran with, newest first; fewer where they are gone. */
  lastRows(action: ActionId): Promise<readonly ActionCacheRow[]>;
}

/** What an action gave, and everything that its key was made of, so that a later miss can be explained. */
export interface ActionCacheRow extends KeptResult {
  /** What {@link KeptResult.key} was made of. */
  readonly inputs: JsonObject;
}

/** What an action gave: all that a hit needs. */
export interface KeptResult {
  readonly formatVersion: 3;
  readonly key: Digest;
  /** The action that ran; not in the key. */
  readonly action: ActionId;
  readonly output: StageOutput;
  readonly tools: Readonly<Record<string, string>>;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** In the cache store, unless it was deleted there; absent where the action said nothing. */
  readonly log?: BlobReference;
}
