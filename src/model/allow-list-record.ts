import type { BlobReference } from './action.ts';
import type { AllowListChangeset } from './allow-list.ts';
import type { Digest } from './digest.ts';

/** Everything that decides what a list means, but for the time; the plan compares these and nothing else. */
export interface AllowListInputs {
  /** Digests of the resolved specs of the list and of all lists that it takes in, by name. */
  readonly specs: Readonly<Record<string, Digest>>;
  /** Files that these name, by repository path. */
  readonly files: Readonly<Record<string, Digest>>;
  /** Of the destinations that no list of this repository can allow. */
  readonly alwaysDeny: Digest;
}

/** `catalog/allow-lists/<hh>/<name>/revisions/<nnn>/<nnnnnn>.yaml`: one immutable version of an allow-list. */
export interface AllowListRevision {
  readonly apiVersion: 'sandkiln/v1';
  readonly kind: 'AllowListRevision';
  readonly name: string;
  /** Counts from 1 and is never skipped. */
  readonly revision: number;
  /** SHA-256 of the bytes of the revision before it; null for the first. */
  readonly previous: Digest | null;
  readonly createdAt: string;
  /** The run that recorded it. */
  readonly run: string;
  /** Commit of the desired state. */
  readonly desiredCommit: string;
  readonly cause: RevisionCause;
  /** Null for a list whose spec is gone: its set is empty. */
  readonly inputs: AllowListInputs | null;
  /** The entries in force: their text is in the store under this digest, and follows from the changesets. */
  readonly set: BlobReference & { readonly entries: number };
  /** When the first entry in force expires, which calls for the next revision; null where none does. */
  readonly validUntil: string | null;
  /** Decisions that it needed, by id. */
  readonly decisions: readonly string[];
  readonly changeset: RevisionChangeset;
}

/** Why there is a revision. */
export interface RevisionCause {
  readonly type: 'commit' | 'rollback' | 'expiry' | 'retirement';
  /** Every commit since the revision before that changed what the list is made of, or took it away, oldest first. */
  readonly commits: readonly string[];
}

/** The changes themselves, or a reference where they are longer than 256 KiB. */
export type RevisionChangeset =
  | AllowListChangeset
  | {
      readonly blob: BlobReference;
      readonly added: number;
      readonly removed: number;
      readonly changed: number;
    };

/** `catalog/allow-lists/<hh>/<name>/state.json`. */
export interface AllowListState {
  readonly apiVersion: 'sandkiln/v1';
  readonly kind: 'AllowListState';
  readonly name: string;
  /** The revision in force. */
  readonly revision: number;
  /** SHA-256 of its bytes. */
  readonly digest: Digest;
  /** Of the last check that led to this revision's set; null where the spec is gone. */
  readonly inputs: AllowListInputs | null;
  /** As in the revision: when a plan has something to do although nothing was edited. */
  readonly validUntil: string | null;
}
