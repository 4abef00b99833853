import { type Replay, replayFrom } from '../../allow-list/changeset.ts';
import type { AllowEntry } from '../../model/allow-list.ts';
import type { AllowListRevision, AllowListState } from '../../model/allow-list-record.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { digestOfBytes } from '../../model/digest.ts';
import type { PublicKey } from '../../model/public-key.ts';
import { allowListStateShape } from '../catalog/allow-list-shapes.ts';
import { parseRecord } from '../catalog/parse-record.ts';
import { allowListStatePath, revisionPath } from '../catalog/paths.ts';
import { isLongChangeset, parseRevision } from '../catalog/revision-file.ts';
import type { CatalogFacts } from './catalog-facts.ts';
import { checkRevisionAttestation } from './check-revision-attestation.ts';
import { finding } from './finding.ts';
import { isSetOf } from './is-set-of.ts';
import type { ReadFile, RecordReport } from './record-report.ts';

/**
 * Checks one allow-list: its revisions are numbered from 1 without a gap, each names the bytes of the one before and is
 * attested by a builder, changesets lead from set to set, and the state names the last one. What this clone does not
 * hold is left alone, and so is what follows from it.
 */
export function checkAllowList(
  files: readonly ReadFile[],
  name: string,
  facts: CatalogFacts,
  builders: readonly PublicKey[],
): RecordReport {
  const findings: Diagnostic[] = [];
  const revisions = new Map<number, ReadRevision>();
  const attestations = new Map<number, ReadFile>();
  let state: AllowListState | undefined;
  for (const read of files) {
    const { place } = read;
    if (place?.holds === 'allow-list-state') {
      const parsed = parseRecord(read.bytes, allowListStateShape, read.file, 'exact');
      findings.push(...(parsed.ok ? [] : parsed.diagnostics));
      state = parsed.ok ? parsed.value : undefined;
      if (state !== undefined) {
        facts.listStates.set(name, { file: read.file, revision: state.revision, inputs: state.inputs });
      }
    } else if (place?.holds === 'revision') {
      const parsed = parseRevision(read.bytes, read.file, 'exact');
      findings.push(...(parsed.ok ? [] : parsed.diagnostics));
      if (parsed.ok) {
        revisions.set(place.revision, { file: read.file, bytes: read.bytes, revision: parsed.value });
      }
    } else if (place?.holds === 'revision-attestation') {
      attestations.set(place.revision, read);
    }
  }
  const isUnread = (path: string) => facts.unread.has(path);
  const last = Math.max(0, ...revisions.keys());
  findings.push(
    ...checkChain(name, revisions, last, isUnread),
    ...checkState(name, state, revisions, last, isUnread),
  );
  const emptied = new Set(emptiedIn(revisions, last));
  let envelopes = 0;
  const ordered = [...revisions].sort(([left], [right]) => left - right).map(([, read]) => read);
  const isWhole = ordered.every(({ revision }, index) => revision.revision === index + 1);
  if (isWhole && ordered.some(({ revision }) => isLongChangeset(revision.changeset))) {
    facts.longLists.push(ordered);
  }
  for (const [number, read] of revisions) {
    const attested = checkRevisionAttestation(read, attestations.get(number)?.bytes, builders, isUnread);
    envelopes += attested.envelopes;
    findings.push(...attested.findings);
    facts.revisions.set(`${name} ${number}`, {
      file: read.file,
      name,
      revision: number,
      run: read.revision.run,
      desiredCommit: read.revision.desiredCommit,
      set: read.revision.set.digest,
      blobs: [
        ...(isLongChangeset(read.revision.changeset) ? [read.revision.changeset.blob] : []),
        ...(number === last ? [read.revision.set] : []),
      ],
      inputs: read.revision.inputs,
      decisions: read.revision.decisions,
      isEmptied: emptied.has(number),
    });
  }
  for (const [number, { file }] of attestations) {
    if (!revisions.has(number) && !isUnread(revisionPath(name, number))) {
      findings.push(finding('SK8054', file, `${file} belongs to revision ${number}, which is not there`));
    }
  }
  return { findings, envelopes };
}

interface ReadRevision {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly revision: AllowListRevision;
}

function checkChain(
  name: string,
  revisions: ReadonlyMap<number, ReadRevision>,
  last: number,
  isUnread: (path: string) => boolean,
): readonly Diagnostic[] {
  const findings: Diagnostic[] = [];
  let replay: Replay | undefined = replayFrom('');
  for (let number = 1; number <= last; number++) {
    const read = revisions.get(number);
    const before = revisions.get(number - 1);
    if (read === undefined) {
      const path = revisionPath(name, number);
      findings.push(
        ...(isUnread(path)
          ? []
          : [finding('SK8054', path, `${name} has no revision ${number}, and a later one`)]),
      );
      replay = undefined;
      continue;
    }
    const { file, revision } = read;
    if (revision.name !== name || revision.revision !== number) {
      findings.push(
        finding('SK8053', file, `${file} holds the record of ${revision.name} revision ${revision.revision}`),
      );
    }
    findings.push(...checkPredecessor(read, before, number));
    const next = replayed(replay, revision);
    if (next === 'misfit') {
      findings.push(finding('SK8064', file, `the changeset of ${file} does not fit the revision before it`));
      replay = undefined;
      continue;
    }
    replay = next;
    if (
      replay !== undefined &&
      (number === last || revision.set.sizeBytes <= setLimitBytes) &&
      !isSetOf(revision, replay.text())
    ) {
      findings.push(
        finding(
          'SK8064',
          file,
          `the changesets up to ${file} lead to another set than the one that it names`,
        ),
      );
    }
  }
  return findings;
}

/** Longer sets are hashed for the last revision alone: that every changeset fits binds those before it. */
const setLimitBytes = 1024 * 1024;

function checkPredecessor(
  { file, revision }: ReadRevision,
  before: ReadRevision | undefined,
  number: number,
): readonly Diagnostic[] {
  if (number > 1 && before === undefined) {
    return [];
  }
  const previous = before === undefined ? null : digestOfBytes(before.bytes);
  const findings: Diagnostic[] = [];
  if (revision.previous !== previous) {
    findings.push(finding('SK8063', file, `${file} follows another revision than the one before it`));
  }
  if (before !== undefined && revision.createdAt < before.revision.createdAt) {
    findings.push(finding('SK8063', file, `${file} is older than the revision before it`));
  }
  return findings;
}

function replayed(
  replay: Replay | undefined,
  { changeset }: AllowListRevision,
): Replay | 'misfit' | undefined {
  // What stands in the store is checked with the artifacts.
  if (replay === undefined || isLongChangeset(changeset)) {
    return undefined;
  }
  return replay.apply(changeset) ? replay : 'misfit';
}

function checkState(
  name: string,
  state: AllowListState | undefined,
  revisions: ReadonlyMap<number, ReadRevision>,
  last: number,
  isUnread: (path: string) => boolean,
): readonly Diagnostic[] {
  const file = allowListStatePath(name);
  if (state === undefined) {
    return isUnread(file) || last === 0
      ? []
      : [finding('SK8054', file, `${name} has revisions and no state`)];
  }
  if (state.name !== name) {
    return [finding('SK8053', file, `${file} holds the record of ${state.name}`)];
  }
  const current = revisions.get(state.revision);
  if (current === undefined) {
    return isUnread(revisionPath(name, state.revision))
      ? []
      : [finding('SK8054', file, `${file} names revision ${state.revision}, which is not in the catalog`)];
  }
  const fits =
    state.revision === last &&
    state.digest === digestOfBytes(current.bytes) &&
    state.validUntil === current.revision.validUntil;
  return fits ? [] : [finding('SK8055', file, `${file} does not agree with the newest revision of ${name}`)];
}

/** Numbers of the revisions after which nothing is allowed any more, though not everything has just expired. */
function emptiedIn(revisions: ReadonlyMap<number, ReadRevision>, last: number): readonly number[] {
  const emptied: number[] = [];
  let allowed: number | undefined = 0;
  for (let number = 1; number <= last; number++) {
    const revision = revisions.get(number)?.revision;
    if (allowed === undefined || revision === undefined || isLongChangeset(revision.changeset)) {
      // How many there are is in the store.
      allowed = undefined;
      continue;
    }
    const { added, removed } = revision.changeset;
    const gone = removed.filter(({ effect }) => effect === 'allow');
    const isExpiry = revision.cause.type === 'expiry' && gone.every((one) => hasExpired(one, revision));
    const before: number = allowed;
    allowed += added.filter(({ effect }) => effect === 'allow').length - gone.length;
    if (before > 0 && allowed === 0 && !isExpiry) {
      emptied.push(number);
    }
  }
  return emptied;
}

function hasExpired({ expiresAt }: AllowEntry, { createdAt }: AllowListRevision): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= Date.parse(createdAt);
}
