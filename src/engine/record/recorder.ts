import type { CommitId, FileChanges, GitObjects } from '../../adapters/git/git.ts';
import type { Signer } from '../../adapters/signer/signer.ts';
import type { LocalStore, Store } from '../../adapters/store/store.ts';
import type { BuildResult, ChangeResult } from '../../model/build-result.ts';
import type { RunImage } from '../../model/record.ts';
import type { Result } from '../../model/result.ts';

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
}

export interface RecordedChange {
  readonly files: FileChanges;
  /** Its row in the run record. */
  readonly image: RunImage;
}
