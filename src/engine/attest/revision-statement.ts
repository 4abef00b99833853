import type { AllowListRevision } from '../../model/allow-list-record.ts';
import type { Digest } from '../../model/digest.ts';
import { named, type Statement, statement } from './statement.ts';

export const revisionType = 'urn:sandkiln:allow-list-revision:v1';

/** What is signed of a revision: that the engine made it, as the next one of its list. */
export interface RevisionPredicate {
  readonly list: string;
  readonly revision: number;
  /** SHA-256 of the revision before it. */
  readonly previous: Digest | null;
  /** Of the entries in force. */
  readonly set: Digest;
  readonly desiredCommit: string;
}

/** The Statement about a revision, its subject being the bytes of the revision's file. */
export function revisionStatement(
  { name, revision, previous, set, desiredCommit }: AllowListRevision,
  file: Digest,
): Statement<RevisionPredicate> {
  return statement(revisionType, [named(revisionName(name, revision), file)], {
    list: name,
    revision,
    previous,
    set: set.digest,
    desiredCommit,
  });
}

function revisionName(list: string, revision: number): string {
  return `${list}@${revision}`;
}
