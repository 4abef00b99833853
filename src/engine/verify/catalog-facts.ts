import type { BlobReference } from '../../model/action.ts';
import type { AllowListInputs, AllowListRevision, AllowListState } from '../../model/allow-list-record.ts';
import type { Digest } from '../../model/digest.ts';
import type { BuildArtifact, ImageInputs, SandboxImage } from '../../model/record.ts';
import type { Subject } from '../attest/statement.ts';

/** What is kept of each record of the tip, once it was checked, to follow references between records. */
export interface CatalogFacts {
  /** By {@link imageKey}. */
  readonly images: Map<string, ImageFacts>;
  readonly states: Map<string, StateFacts>;
  readonly runs: Map<string, RunFacts>;
  /** Revisions of allow-lists, by name and number: `lab-egress 12`. */
  readonly revisions: Map<string, RevisionFacts>;
  /** States of allow-lists, by name. */
  readonly listStates: Map<string, ListStateFacts>;
  /** Allow-lists with a changeset in the store, whose replay needs it. */
  readonly longLists: LongList[];
  /** Paths of files that this clone does not hold: what they say is not known. */
  readonly unread: Set<string>;
}

export interface ImageFacts {
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly supersedes: string | null;
  readonly run: string;
  readonly desiredCommit: string;
  readonly inputs: ImageInputs;
  readonly lineage: SandboxImage['lineage'];
  readonly tree: Digest;
  readonly artifacts: readonly BuildArtifact[];
  readonly subjects: readonly Subject[];
}

export interface StateFacts {
  readonly file: string;
  readonly active: string | null;
  readonly inputs: ImageInputs | null;
  readonly failedRun: string | null;
}

export type ListStateFacts = Pick<AllowListState, 'revision' | 'inputs'> & { readonly file: string };

/** All revisions of a list, from the first. */
export type LongList = readonly { readonly file: string; readonly revision: AllowListRevision }[];

export interface RevisionFacts {
  readonly file: string;
  readonly name: string;
  readonly revision: number;
  readonly run: string;
  readonly desiredCommit: string;
  /** Of its effective set. */
  readonly set: Digest;
  /** What must be in the store: a long changeset, and the set of the newest revision. */
  readonly blobs: readonly BlobReference[];
  readonly inputs: AllowListInputs | null;
  /** By id. */
  readonly decisions: readonly string[];
  /** It takes away the last permission, and not since that has expired. */
  readonly isEmptied: boolean;
}

export interface RunFacts {
  readonly file: string;
  readonly desiredCommit: string;
  readonly images: readonly {
    readonly name: string;
    readonly version: string | null;
    readonly outcome: string;
  }[];
  readonly revisions: readonly {
    readonly name: string;
    readonly revision: number;
    readonly outcome: string;
    readonly changeDigest: Digest;
  }[];
  readonly logs: readonly { readonly action: string; readonly blob: BlobReference }[];
}

export function imageKey(name: string, version: string): string {
  return `${name} ${version}`;
}
