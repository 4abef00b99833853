import type { CommitId, GitObjects } from '../../adapters/git/git.ts';
import type { Memo } from '../../adapters/memo/memo.ts';
import type { Store } from '../../adapters/store/store.ts';
import type { Digest } from '../../model/digest.ts';

/** What is verified, and against what. */
export interface VerifyInput {
  readonly git: GitObjects;
  /** Tip of the branch that carries the catalog. */
  readonly commit: CommitId;
  /** Digest of `trust/1.json` (`sha256sum trust/1.json`), known from elsewhere. */
  readonly pinnedTrust?: Digest;
  /** Where it is given, every artifact, SBOM and log is read from it and compared. */
  readonly store?: Store;
  readonly now: Date;
  /** Tip of the desired state's branch, where the catalog has a branch of its own. */
  readonly desiredTip?: CommitId;
  /** Remembers how far history was found sound. A tip that does not contain that commit is a finding (SK8045). */
  readonly prefix?: Memo;
}
