import type { CommitId, FileChanges, GitHistory, GitObjects } from '../../adapters/git/git.ts';
import type { Signer } from '../../adapters/signer/signer.ts';
import type { LocalStore, Store } from '../../adapters/store/store.ts';
import type { BuildResult, ChangeResult } from '../../model/build-result.ts';
import type { Digest } from '../../model/digest.ts';
import type { JsonObject } from '../../model/json.ts';
import type { RunAllowList, RunImage } from '../../model/record.ts';
import type { ResolvedResource } from '../../model/resource.ts';
import type { Result } from '../../model/result.ts';
import type { Decisions } from '../decisions/decisions.ts';

/** How a kind turns the result of a change into records. */
export interface RecorderOfKind {
  readonly kind: string;
  /**
   * Checks the blobs again, digest by digest, and signs what does not depend on the tip. Nothing where the change was
   * not carried out and leaves no trace but in the run record.
   */
  prepare(result: ChangeResult, context: RecordContext): Promise<Result<PreparedRecord>>;
}

export interface RecordContext {
  readonly build: BuildResult;
  readonly signer: Signer;
  readonly store: Store;
  readonly cache: LocalStore;
  /** The desired state of the build, read again from its commit. */
  readonly desired: () => Promise<Result<RecordedState>>;
  readonly history: GitHistory;
  readonly now: () => Date;
}

/** What a recorder may read of the desired state. */
export interface RecordedState {
  /** Resources of a kind, as far as the changes of the build refer to them, sorted by name. */
  resources(kind: string): readonly ResolvedResource[];
  /** The resolved `spec` of `sandkiln.yaml`. */
  readonly policy: JsonObject;
  /** Digests of the repository files that these resources name, by path. */
  readonly files: ReadonlyMap<string, Digest>;
  file(path: string): Promise<Result<Uint8Array>>;
  readonly decisions: Decisions;
}

/** A change whose evidence is signed. Its files are a function of the tip alone, so a lost race runs `at` again. */
export interface PreparedRecord {
  at(tip: RecordTip): Promise<Result<RecordedChange>>;
}

/** The catalog that the new commit will stand on, with the files of changes recorded before this one. */
export interface RecordTip {
  readonly git: GitObjects;
  readonly commit: CommitId;
  readonly written: FileChanges;
  /** Sets of revisions that were read for earlier changes, by path: many images may stand under one revision. */
  readonly sets: Map<string, Digest>;
}

export interface RecordedChange {
  readonly files: FileChanges;
  /** Its row in the run record. */
  readonly row: RunRow;
}

export type RunRow =
  | { readonly of: 'image'; readonly image: RunImage }
  | { readonly of: 'allow-list'; readonly allowList: RunAllowList };
