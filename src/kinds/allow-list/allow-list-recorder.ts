import type { FileChanges } from '../../adapters/git/git.ts';
import { allowsSomething } from '../../allow-list/effective-set.ts';
import { attestationsBytes } from '../../engine/attest/image-attestations.ts';
import { revisionStatement } from '../../engine/attest/revision-statement.ts';
import { signStatement } from '../../engine/attest/sign-envelope.ts';
import { allowListStatePath, revisionAttestationPath, revisionPath } from '../../engine/catalog/paths.ts';
import {
  readAllowListState,
  readCurrentRevision,
  readSetText,
} from '../../engine/catalog/read-allow-list.ts';
import { recordBytes } from '../../engine/catalog/record-bytes.ts';
import type {
  RecordContext,
  RecordedChange,
  RecorderOfKind,
  RecordTip,
  RunRow,
} from '../../engine/record/recorder.ts';
import type { AllowListRevision, AllowListState } from '../../model/allow-list-record.ts';
import type { ChangeResult } from '../../model/build-result.ts';
import { digestOfBytes } from '../../model/digest.ts';
import type { RunAllowList } from '../../model/record.ts';
import { type Result, success } from '../../model/result.ts';
import { allowListKindName } from './kind-name.ts';
import type { ListSets } from './list-sets.ts';
import {
  type CurrentRevision,
  type MadeRevision,
  nextRevision,
  type RevisionInput,
  stateAt,
} from './next-revision.ts';
import { revisionInput } from './revision-input.ts';

/** Records of allow-lists: the next revision, or the inputs under which the last one was found to hold. */
export function createAllowListRecorder(sets: ListSets): RecorderOfKind {
  return {
    kind: allowListKindName,
    // A revision stands on the one before it, so it is made for each tip.
    prepare: async (result, context) => success({ at: (tip) => recordAt(tip, result, context, sets) }),
  };
}

async function recordAt(
  tip: RecordTip,
  result: ChangeResult,
  context: RecordContext,
  sets: ListSets,
): Promise<Result<RecordedChange>> {
  const { name } = result.change.resource;
  const state = await readAllowListState(tip.git, tip.commit, name);
  if (!state.ok) {
    return state;
  }
  // Somebody recorded a newer revision meanwhile.
  if ((state.value === undefined ? null : String(state.value.revision)) !== result.change.from) {
    return success({ files: new Map(), row: rowOf(result, 'superseded', null) });
  }
  const current = await currentRevision(tip, state.value, context);
  if (!current.ok) {
    return current;
  }
  const desired = await context.desired();
  if (!desired.ok) {
    return desired;
  }
  const input = await revisionInput(tip, result, desired.value, state.value, current.value, context, sets);
  if (!input.ok) {
    return input;
  }
  const made = nextRevision(input.value);
  if (made !== undefined && isUndecided(result, current.value, made, input.value)) {
    // The next plan stalls and says so: entries may have expired since this one.
    return success({ files: new Map(), row: rowOf(result, 'superseded', null) });
  }
  if (made !== undefined) {
    return record(result, made, context);
  }
  const files = state.value === undefined ? new Map() : unchangedState(state.value, input.value);
  return success({ files, row: rowOf(result, 'equal', state.value?.revision ?? null) });
}

/** What a plan asks of a change that leaves a list empty is asked again of what is about to be recorded. */
function isUndecided(
  { change }: ChangeResult,
  current: CurrentRevision | undefined,
  { setText }: MadeRevision,
  { decisions }: RevisionInput,
): boolean {
  return (
    change.type !== 'expire' &&
    decisions.length === 0 &&
    allowsSomething(current?.setText ?? '') &&
    !allowsSomething(setText)
  );
}

async function currentRevision(
  { git, commit }: RecordTip,
  state: AllowListState | undefined,
  { store }: RecordContext,
): Promise<Result<CurrentRevision | undefined>> {
  if (state === undefined) {
    return success(undefined);
  }
  const read = await readCurrentRevision(git, commit, state);
  if (!read.ok) {
    return read;
  }
  const { revision } = read.value;
  const setText = await readSetText(git, store, commit, revision);
  return setText.ok ? success({ revision, digest: state.digest, setText: setText.value }) : setText;
}

async function record(
  result: ChangeResult,
  { revision, bytes, blobs }: MadeRevision,
  { store, signer }: RecordContext,
): Promise<Result<RecordedChange>> {
  for (const blob of blobs) {
    const stored = await store.put([blob], { expected: digestOfBytes(blob) });
    if (!stored.ok) {
      return stored;
    }
  }
  const digest = digestOfBytes(bytes);
  const envelope = await signStatement(revisionStatement(revision, digest), signer);
  const { name, revision: number, inputs } = revision;
  const files: FileChanges = new Map([
    [revisionPath(name, number), bytes],
    [revisionAttestationPath(name, number), attestationsBytes([envelope])],
    [allowListStatePath(name), recordBytes(stateAt(revision, digest, inputs))],
  ]);
  return success({
    files,
    row: rowOf(result, result.change.type === 'retire' ? 'retired' : 'revised', number),
  });
}

/** The same entries from other inputs: the state says so, and there is no revision. */
function unchangedState(state: AllowListState, { name, inputs }: RevisionInput): FileChanges {
  return new Map([[allowListStatePath(name), recordBytes({ ...state, inputs })]]);
}

function rowOf(
  { change }: ChangeResult,
  outcome: RunAllowList['outcome'],
  revision: AllowListRevision['revision'] | null,
): RunRow {
  const { name } = change.resource;
  return { of: 'allow-list', allowList: { name, changeDigest: change.digest, outcome, revision } };
}
