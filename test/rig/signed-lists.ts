import type { CommitId } from '../../src/adapters/git/git.ts';
import type { Signer } from '../../src/adapters/signer/signer.ts';
import { effectiveSet } from '../../src/allow-list/effective-set.ts';
import { attestationsBytes } from '../../src/engine/attest/image-attestations.ts';
import { revisionStatement } from '../../src/engine/attest/revision-statement.ts';
import { signStatement } from '../../src/engine/attest/sign-envelope.ts';
import {
  allowListStatePath,
  revisionAttestationPath,
  revisionPath,
  runPath,
} from '../../src/engine/catalog/paths.ts';
import { recordBytes } from '../../src/engine/catalog/record-bytes.ts';
import { revisionBytes } from '../../src/engine/catalog/revision-file.ts';
import { nextRevision, stateAt } from '../../src/kinds/allow-list/next-revision.ts';
import type { AllowEntry } from '../../src/model/allow-list.ts';
import type { AllowListInputs, AllowListRevision, RevisionCause } from '../../src/model/allow-list-record.ts';
import { digestOfBytes } from '../../src/model/digest.ts';
import type { RunAllowList } from '../../src/model/record.ts';
import type { RecordedList } from './allow-list-desired.ts';
import { runRecord } from './run-record.ts';

/** A revision with all files that one commit of the engine writes for it. */
export interface SignedRevision extends RecordedList {
  readonly files: Map<string, Uint8Array | null>;
  readonly blobs: readonly Uint8Array[];
}

export interface RevisionOptions {
  readonly name?: string;
  readonly current?: RecordedList | undefined;
  readonly run?: string;
  readonly createdAt?: string;
  readonly inputs?: AllowListInputs | null;
  readonly cause?: RevisionCause;
  readonly decisions?: readonly string[];
  readonly signer?: Signer;
  /** Changes what is written and signed. */
  readonly forge?: (revision: AllowListRevision) => AllowListRevision;
}

export const listInputs: AllowListInputs = { specs: {}, files: {}, alwaysDeny: digestOfBytes('policy') };

/** The next revision of a list, in every detail as the engine writes it, or as somebody with a builder's key might. */
export async function signedRevision(
  catalog: { readonly builder: Signer; readonly tip: CommitId },
  entries: readonly AllowEntry[],
  options: RevisionOptions = {},
): Promise<SignedRevision> {
  const { name = 'lab', current, forge = (revision) => revision } = options;
  const number = (current?.revision.revision ?? 0) + 1;
  const run = options.run ?? `20261120T11${String(number).padStart(2, '0')}00Z-1a2b3c4d`;
  const inputs = options.inputs === undefined ? listInputs : options.inputs;
  const made = nextRevision({
    name,
    current,
    set: effectiveSet(entries),
    inputs,
    createdAt: options.createdAt ?? `2026-11-20T11:${String(number).padStart(2, '0')}:00.000Z`,
    run,
    desiredCommit: catalog.tip,
    cause: options.cause ?? { type: 'commit', commits: [catalog.tip] },
    decisions: options.decisions ?? [],
  });
  if (made === undefined) {
    throw new Error('the entries are the same as before');
  }
  const revision = forge(made.revision);
  const bytes = revisionBytes(revision);
  const digest = digestOfBytes(bytes);
  const state = stateAt(revision, digest, inputs);
  const envelope = await signStatement(
    revisionStatement(revision, digest),
    options.signer ?? catalog.builder,
  );
  const files = new Map<string, Uint8Array | null>([
    [revisionPath(name, revision.revision), bytes],
    [revisionAttestationPath(name, revision.revision), attestationsBytes([envelope])],
    [allowListStatePath(name), recordBytes(state)],
    ...runFiles(run, catalog.tip, {
      name,
      changeDigest: digestOfBytes('change'),
      outcome: 'revised',
      revision: revision.revision,
    }),
  ]);
  return { revision, digest, bytes, setText: made.setText, state, files, blobs: made.blobs };
}

/** The record of a run that did this with one list. */
export function runFiles(run: string, commit: CommitId, row: RunAllowList): Map<string, Uint8Array> {
  const record = { ...runRecord(300, []), id: run, desiredCommit: commit, allowLists: [row] };
  return new Map([[runPath(run), recordBytes(record)]]);
}
