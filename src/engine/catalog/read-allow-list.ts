import { Buffer } from 'node:buffer';
import type { CommitId, GitObjects } from '../../adapters/git/git.ts';
import type { Store } from '../../adapters/store/store.ts';
import { replayFrom } from '../../allow-list/changeset.ts';
import { entriesBrought } from '../../allow-list/entries-brought.ts';
import {
  type ChangesetRecord,
  changesetOfRecord,
  changesetRecordShape,
} from '../../allow-list/entry-record.ts';
import type { AllowEntry, AllowListChangeset } from '../../model/allow-list.ts';
import type { AllowListRevision, AllowListState } from '../../model/allow-list-record.ts';
import { digestOfBytes } from '../../model/digest.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { allowListStateShape } from './allow-list-shapes.ts';
import { parseRecord, recordLimitBytes } from './parse-record.ts';
import { allowListStatePath, revisionPath } from './paths.ts';
import { isLongChangeset, parseRevision } from './revision-file.ts';

/** Largest text of a set, and largest changeset in the store. */
export const setLimitBytes = 512 * 1024 * 1024;

/** A revision with the bytes that its successor names. */
export interface ReadRevision {
  readonly revision: AllowListRevision;
  readonly bytes: Uint8Array;
}

/** The state of a list at a commit; nothing where the catalog knows no such list. */
export async function readAllowListState(
  git: Pick<GitObjects, 'objectAt' | 'readBlob'>,
  commit: CommitId | undefined,
  name: string,
): Promise<Result<AllowListState | undefined>> {
  const path = allowListStatePath(name);
  const blob = commit === undefined ? undefined : await git.objectAt(commit, path);
  if (blob === undefined) {
    return success(undefined);
  }
  const bytes = await git.readBlob(blob, recordLimitBytes);
  return bytes.ok ? parseRecord(bytes.value, allowListStateShape, path) : bytes;
}

/** One revision at a commit: SK8054 where there is none. */
export async function readRevision(
  git: Pick<GitObjects, 'objectAt' | 'readBlob'>,
  commit: CommitId,
  name: string,
  number: number,
): Promise<Result<ReadRevision>> {
  const path = revisionPath(name, number);
  const blob = await git.objectAt(commit, path);
  if (blob === undefined) {
    return failure({
      code: 'SK8054',
      severity: 'error',
      message: `the allow-list ${name} has no revision ${number}`,
      hint: `see which there are with \`sandkiln allow-list show ${name}\``,
      place: { file: path },
    });
  }
  const bytes = await git.readBlob(blob, recordLimitBytes);
  if (!bytes.ok) {
    return bytes;
  }
  const revision = parseRevision(bytes.value, path);
  return revision.ok ? success({ revision: revision.value, bytes: bytes.value }) : revision;
}

/** The revision in force: SK8055 where it is not the one that the state names. */
export async function readCurrentRevision(
  git: Pick<GitObjects, 'objectAt' | 'readBlob'>,
  commit: CommitId,
  { name, revision, digest }: AllowListState,
): Promise<Result<ReadRevision>> {
  const read = await readRevision(git, commit, name, revision);
  return read.ok && digestOfBytes(read.value.bytes) !== digest
    ? failure({
        code: 'SK8055',
        severity: 'error',
        message: `revision ${revision} of ${name} is not the file that its state names`,
        hint: 'find out with `sandkiln verify` which file was changed, and restore it',
        place: { file: revisionPath(name, revision) },
      })
    : read;
}

/**
 * The text of a revision's set: from the store, where its digest is checked, else by applying every changeset since the
 * first. SK8064 where these lead to another set.
 */
export async function readSetText(
  git: Pick<GitObjects, 'objectAt' | 'readBlob'>,
  store: Pick<Store, 'has' | 'readSmall'>,
  commit: CommitId,
  revision: AllowListRevision,
): Promise<Result<string>> {
  const { set } = revision;
  if ((await store.has([set])).has(set.digest)) {
    const bytes = await store.readSmall(set.digest, setLimitBytes);
    if (bytes.ok) {
      return success(Buffer.from(bytes.value).toString('utf8'));
    }
  }
  const replay = replayFrom('');
  for (let number = 1; number <= revision.revision; number++) {
    const read = await readRevision(git, commit, revision.name, number);
    const changeset = read.ok ? await readChangeset(store, read.value.revision) : read;
    if (!changeset.ok) {
      return changeset;
    }
    if (!replay.apply(changeset.value)) {
      return misfit(revision.name, number);
    }
  }
  const text = replay.text();
  return digestOfBytes(text) === set.digest ? success(text) : misfit(revision.name, revision.revision);
}

/** The changes of a revision, from the store where they are long. */
export async function readChangeset(
  store: Pick<Store, 'readSmall'>,
  { name, revision, changeset }: AllowListRevision,
): Promise<Result<AllowListChangeset>> {
  if (!isLongChangeset(changeset)) {
    return success(changeset);
  }
  const bytes = await store.readSmall(changeset.blob.digest, setLimitBytes);
  const record = bytes.ok
    ? parseRecord<ChangesetRecord>(
        bytes.value,
        changesetRecordShape,
        revisionPath(name, revision),
        'as-is',
        setLimitBytes,
      )
    : bytes;
  return record.ok ? success(changesetOfRecord(record.value)) : record;
}

/**
 * The entries that a revision added or changed to, of those that are looked for: of a long changeset only what is said
 * about them is parsed.
 */
export async function readBrought(
  store: Pick<Store, 'readSmall'>,
  revision: AllowListRevision,
  wanted: readonly AllowEntry[],
): Promise<Result<readonly AllowEntry[]>> {
  const { changeset } = revision;
  if (isLongChangeset(changeset) && wanted.length <= fewEntries) {
    const bytes = await store.readSmall(changeset.blob.digest, setLimitBytes);
    if (!bytes.ok) {
      return bytes;
    }
    return success(wanted.flatMap((entry) => entriesBrought(bytes.value, entry)));
  }
  const read = await readChangeset(store, revision);
  return read.ok ? success([...read.value.added, ...read.value.changed.map(({ after }) => after)]) : read;
}

const fewEntries = 16;

/** The entries that a revision took away; one that only says something else of the same is not among them. */
export async function readRemoved(
  store: Pick<Store, 'readSmall'>,
  revision: AllowListRevision,
): Promise<Result<readonly AllowEntry[]>> {
  const { changeset } = revision;
  if (isLongChangeset(changeset) && changeset.removed === 0) {
    return success([]);
  }
  const read = await readChangeset(store, revision);
  return read.ok ? success(read.value.removed) : read;
}

function misfit(name: string, number: number): Result<never> {
  const file = revisionPath(name, number);
  return failure({
    code: 'SK8064',
    severity: 'error',
    message: `the changesets of ${name} do not lead to the set that revision ${number} names`,
    hint: 'find out with `sandkiln verify` which file was changed, and restore it',
    place: { file },
  });
}
