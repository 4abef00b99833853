import type { CommitId, FileChanges, GitObjects } from '../../adapters/git/git.ts';
import type { Signer } from '../../adapters/signer/signer.ts';
import type { ChangeResult } from '../../model/build-result.ts';
import type { Digest } from '../../model/digest.ts';
import type { ImageBuildRun } from '../../model/record.ts';
import { identityText } from '../../model/resource.ts';
import { type Result, success } from '../../model/result.ts';
import type { DigestMemo } from '../catalog/digest-memo.ts';
import { isNearlyExpired } from '../catalog/head-expiry.ts';
import { nextHead, readHeadAt } from '../catalog/next-head.ts';
import { headPath, runPath } from '../catalog/paths.ts';
import { recordBytes } from '../catalog/record-bytes.ts';
import type { Attempt } from '../write-back/offer-once.ts';
import { carriedFiles } from './carried-files.ts';
import { commitMessage } from './commit-message.ts';
import type { PreparedRecord, RecordContext, RecorderOfKind, RunRow } from './recorder.ts';
import { changeDigestOf, leavesTrace, supersededRow } from './run-row.ts';

export interface PreparedRun {
  /** The commit for one attempt; without changes where the run left nothing to record. */
  compute(attempt: Attempt): Promise<Result<ComputedCommit>>;
}

export interface ComputedCommit {
  readonly changes: FileChanges;
  readonly message: string;
  readonly rows: readonly RunRow[];
}

export interface RecordRunPorts extends RecordContext {
  readonly git: GitObjects;
  readonly memo: DigestMemo;
  readonly trustVersion: (tip: CommitId) => Promise<Result<number>>;
  /** Digests of the changes that the newest desired state still asks for; absent where it is the one of the build. */
  readonly wanted: (tip: CommitId) => Promise<Result<ReadonlySet<Digest> | undefined>>;
  /** Of the lease that the run holds; null without one. */
  readonly fencingToken: number | null;
}

/**
 * Signs the evidence of a build once, and gives the function that turns a tip into the one commit of the reconcile:
 * records, states, run record, head. Kinds are recorded in the order of their recorders. Running it again on a newer tip is how a lost race is answered.
 */
export async function prepareRun(
  recorders: readonly RecorderOfKind[],
  ports: RecordRunPorts,
): Promise<Result<PreparedRun>> {
  const prepared: PreparedRecord[] = [];
  for (const result of parentsFirst(inOrderOf(recorders, ports.build.changes))) {
    const recorder = recorders.find((candidate) => candidate.kind === result.change.resource.kind);
    if (recorder === undefined) {
      throw new TypeError(`nothing records ${identityText(result.change.resource)}`);
    }
    const record = await recorder.prepare(result, ports);
    if (!record.ok) {
      return record;
    }
    prepared.push(record.value);
  }
  return success({ compute: (attempt) => compute(attempt, prepared, ports) });
}

async function compute(
  attempt: Attempt,
  prepared: readonly PreparedRecord[],
  ports: RecordRunPorts,
): Promise<Result<ComputedCommit>> {
  const { git, build } = ports;
  const { parent: tip, proposal } = attempt;
  const wanted = await ports.wanted(tip);
  if (!wanted.ok) {
    return wanted;
  }
  const carried = proposal === undefined ? success(new Map()) : await carriedFiles(git, tip, proposal);
  if (!carried.ok) {
    return carried;
  }
  // What an open proposal holds is there already, as if it had been merged.
  const commit = proposal ?? tip;
  const isRecorded = (await git.objectAt(commit, runPath(build.run))) !== undefined;
  const written = new Map<string, Uint8Array | null>();
  const sets = new Map<string, Digest>();
  const rows: RunRow[] = [];
  for (const record of prepared) {
    const recorded = await record.at({ git, commit, written, sets });
    if (!recorded.ok) {
      return recorded;
    }
    const { files, row } = recorded.value;
    if (isRecorded || (wanted.value !== undefined && !wanted.value.has(changeDigestOf(row)))) {
      rows.push(supersededRow(row));
      continue;
    }
    for (const [path, bytes] of files) {
      written.set(path, bytes);
    }
    rows.push(row);
  }
  if (rows.some(leavesTrace)) {
    const run = runRecord(ports, attempt, rows);
    written.set(runPath(run.id), recordBytes(run));
  } else if (proposal !== undefined && !(await isNearlyOver(git, proposal, ports.now()))) {
    return success({ changes: new Map(), message: '', rows });
  }
  const changes = new Map([...carried.value, ...written]);
  const head = await headOn(tip, changes, ports);
  if (!head.ok) {
    return head;
  }
  if (head.value !== undefined) {
    changes.set(headPath, head.value);
  }
  return success({ changes, message: commitMessage(build, rows), rows });
}

/** Whether the head of an open proposal has to be made anew although nothing joins it. */
async function isNearlyOver(git: GitObjects, proposal: CommitId, now: Date): Promise<boolean> {
  const head = await readHeadAt(git, proposal);
  return !head.ok || head.value === undefined || isNearlyExpired(head.value.head, now);
}

async function headOn(
  tip: CommitId,
  changes: FileChanges,
  { git, memo, trustVersion, now, signer, build }: RecordRunPorts,
): Promise<Result<Uint8Array | undefined>> {
  const version = await trustVersion(tip);
  if (!version.ok) {
    return version;
  }
  return nextHead({
    git,
    parent: tip,
    changes,
    // A build comes from a commit: `build` refuses a work tree.
    desiredCommit: (build.plan.desiredCommit ?? tip) as CommitId,
    trustVersion: version.value,
    signers: [signer satisfies Signer],
    now: now(),
    memo,
  });
}

function runRecord(
  { build, fencingToken }: RecordRunPorts,
  { attempt, waitedMs }: Attempt,
  rows: readonly RunRow[],
): ImageBuildRun {
  const { plan } = build;
  const allowLists = rows.flatMap((row) => (row.of === 'allow-list' ? [row.allowList] : []));
  return {
    apiVersion: 'sandkiln/v1',
    kind: 'ImageBuildRun',
    id: build.run,
    engineVersion: build.engineVersion,
    planDigest: plan.digest,
    desiredCommit: plan.desiredCommit ?? '',
    catalogCommit: plan.catalogCommit,
    startedAt: build.startedAt,
    finishedAt: build.finishedAt,
    outcome: build.outcome,
    host: build.host,
    images: rows.flatMap((row) => (row.of === 'image' ? [row.image] : [])),
    ...(allowLists.length === 0 ? {} : { allowLists }),
    writeBack: { attempt, waitedMs, fencingToken },
  };
}

/** Records name those of kinds whose recorder stands before theirs. */
function inOrderOf(
  recorders: readonly RecorderOfKind[],
  changes: readonly ChangeResult[],
): readonly ChangeResult[] {
  const rank = ({ change }: ChangeResult) => recorders.findIndex(({ kind }) => kind === change.resource.kind);
  return changes.toSorted((left, right) => rank(left) - rank(right));
}

/** A child's record names its parent's version, so the parent is numbered first. */
function parentsFirst(changes: readonly ChangeResult[]): readonly ChangeResult[] {
  const byName = new Map(changes.map((result) => [identityText(result.change.resource), result]));
  const placed = new Set<ChangeResult>();
  const ordered: ChangeResult[] = [];
  for (const result of changes) {
    place(result);
  }
  return ordered;

  function place(result: ChangeResult): void {
    if (placed.has(result)) {
      return;
    }
    placed.add(result);
    const parent = result.resource?.spec['from'];
    const before = byName.get(identityText({ kind: result.change.resource.kind, name: String(parent) }));
    if (parent !== undefined && before !== undefined) {
      place(before);
    }
    ordered.push(result);
  }
}
