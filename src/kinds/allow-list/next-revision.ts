import { Buffer } from 'node:buffer';
import { changesetOf, isEmptyChangeset } from '../../allow-list/changeset.ts';
import type { EffectiveSet } from '../../allow-list/effective-set.ts';
import { changesetRecord } from '../../allow-list/entry-record.ts';
import { recordBytes } from '../../engine/catalog/record-bytes.ts';
import { revisionBytes } from '../../engine/catalog/revision-file.ts';
import type { AllowListInputs, AllowListRevision, AllowListState } from '../../model/allow-list-record.ts';
import { type Digest, digestOfBytes } from '../../model/digest.ts';

/** The revision that a list is at, with the text of its set. */
export interface CurrentRevision {
  readonly revision: AllowListRevision;
  /** Digest of its file. */
  readonly digest: Digest;
  readonly setText: string;
}

/** What the next revision is made of. */
export interface RevisionInput {
  readonly name: string;
  readonly current: CurrentRevision | undefined;
  /** What is in force at `createdAt`, always-denied entries included; empty for a list whose spec is gone. */
  readonly set: EffectiveSet;
  readonly inputs: AllowListInputs | null;
  readonly createdAt: string;
  readonly run: string;
  readonly desiredCommit: string;
  readonly cause: AllowListRevision['cause'];
  readonly decisions: readonly string[];
}

/** A revision with all bytes that belong to it. */
export interface MadeRevision {
  readonly revision: AllowListRevision;
  readonly bytes: Uint8Array;
  readonly setText: string;
  /** The text of the set, and of the changeset where it is long: for the store. */
  readonly blobs: readonly Uint8Array[];
}

/** Longer changesets go to the store by digest. */
export const changesetLimitBytes = 256 * 1024;

/** The next revision of a list: a pure function; nothing where the entries in force are the same as before. */
export function nextRevision(input: RevisionInput): MadeRevision | undefined {
  const { name, current, set, inputs, createdAt, run, desiredCommit, cause, decisions } = input;
  const changeset = changesetOf(current?.setText ?? '', set.text);
  if (current !== undefined && isEmptyChangeset(changeset)) {
    return undefined;
  }
  const record = recordBytes(changesetRecord(changeset));
  const isLong = record.length > changesetLimitBytes;
  const revision: AllowListRevision = {
    apiVersion: 'sandkiln/v1',
    kind: 'AllowListRevision',
    name,
    revision: (current?.revision.revision ?? 0) + 1,
    previous: current?.digest ?? null,
    createdAt,
    run,
    desiredCommit,
    cause,
    inputs,
    set: { digest: set.digest, sizeBytes: set.sizeBytes, entries: set.count },
    validUntil: set.firstExpiry,
    decisions,
    changeset: isLong
      ? {
          blob: { digest: digestOfBytes(record), sizeBytes: record.length },
          added: changeset.added.length,
          removed: changeset.removed.length,
          changed: changeset.changed.length,
        }
      : changeset,
  };
  return {
    revision,
    bytes: revisionBytes(revision),
    setText: set.text,
    blobs: [Buffer.from(set.text), ...(isLong ? [record] : [])],
  };
}

/** The state that names a revision as the one in force. */
export function stateAt(
  { name, revision, validUntil }: AllowListRevision,
  digest: Digest,
  inputs: AllowListInputs | null,
): AllowListState {
  return { apiVersion: 'sandkiln/v1', kind: 'AllowListState', name, revision, digest, inputs, validUntil };
}
