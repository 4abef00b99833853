import type { CommitId, GitObjects, ObjectId } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Digest } from '../../model/digest.ts';
import type { DigestMemo } from '../catalog/digest-memo.ts';
import type { ReadHead } from '../catalog/head.ts';
import type { TrustChain } from '../trust/verify-trust-chain.ts';

/** What is known to hold after a commit: the judge of the next one. */
export interface VerifiedState {
  readonly catalog: ObjectId | undefined;
  readonly head: ReadHead | undefined;
  /** Whether there may be a head that this clone does not hold: nothing can be said by it. */
  readonly headUnread: boolean;
  readonly trust: TrustChain | undefined;
  /** The same of the trust. */
  readonly trustUnread: boolean;
  readonly trustTree: ObjectId | undefined;
}

/** What every commit of the walk is judged with. */
export interface StepContext {
  readonly git: GitObjects;
  readonly pinnedTrust: Digest | undefined;
  /** Digests of objects whose content this process has read. */
  readonly memo: DigestMemo;
  readonly now: Date;
  /** Whether a desired commit is one that the catalog may stand for, seen from the commit that names it. */
  isKnownDesired(desired: string, at: CommitId): Promise<boolean>;
}

/** The judgement of one commit. */
export interface StepReport {
  readonly after: VerifiedState;
  readonly catalogFindings: readonly Diagnostic[];
  readonly trustFindings: readonly Diagnostic[];
}
