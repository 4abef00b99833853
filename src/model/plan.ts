import type { Diagnostic, Place } from './diagnostic.ts';
import type { Digest } from './digest.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { ResourceIdentity } from './resource.ts';

/** The changes that lead from the catalog to the desired state. */
export interface Plan {
  readonly formatVersion: 1;
  /** Null for a work tree with edits that no commit holds. */
  readonly desiredCommit: string | null;
  /** Null where there is no catalog yet. */
  readonly catalogCommit: string | null;
  /** Sorted by kind and name. */
  readonly changes: readonly Change[];
  /** Resources that stay as they are. */
  readonly unchanged: number;
  /** SHA-256 over the change digests. */
  readonly digest: Digest;
}

export type ChangeType = 'create' | 'rebuild' | 'supersede' | 'revise' | 'expire' | 'retire';

export interface Change {
  readonly resource: ResourceIdentity;
  readonly type: ChangeType;
  /** Set where it happens only if another change gives a new output. */
  readonly conditionalOn: ResourceIdentity | null;
  /** Catalog version that it starts from. */
  readonly from: string | null;
  /** Spec version that it leads to; null for a retirement. */
  readonly to: string | null;
  /** What the result will be bound to; the kind says what is in it. */
  readonly inputs: JsonObject;
  readonly reasons: readonly Reason[];
  /** SHA-256 over resource, `from` and `inputs`: what approvals and saved plans bind. */
  readonly digest: Digest;
  /**
   * Set where it is shown, not tried: the same inputs failed in a run before, or, where `run` is null, a decision keeps
   * it back or is needed first.
   */
  readonly stalled: { readonly run: string | null; readonly diagnostics: readonly Diagnostic[] } | null;
}

/** Why a change is there, at field level. */
export interface Reason {
  /** `packages: + curl`, `profile debian-vm: limits.stopAfter 20m → 30m`. */
  readonly text: string;
  readonly place?: Place;
  /** Pointer into the resolved spec, where the reason is a field. */
  readonly field?: string;
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}
