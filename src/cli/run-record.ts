import type { Clock } from '../adapters/clock/clock.ts';
import type { Timer } from '../adapters/clock/timer.ts';
import type { CommitId } from '../adapters/git/git.ts';
import type { Signer } from '../adapters/signer/signer.ts';
import type { LocalStore } from '../adapters/store/store.ts';
import {
  loadRecorders,
  openMemo,
  openSigner,
  openStopwatch,
  openStores,
  type Workspace,
} from '../compose.ts';
import { gitNamespace, sshSignature } from '../engine/attest/ssh-signature.ts';
import { loadDigestMemo } from '../engine/catalog/digest-memo.ts';
import { catalogFolder } from '../engine/catalog/paths.ts';
import { prepareRun } from '../engine/record/record-run.ts';
import type { RunRow } from '../engine/record/recorder.ts';
import { readTrustFiles } from '../engine/trust/read-trust.ts';
import { keyRule } from '../engine/trust/trust.ts';
import { verifyTrustChain } from '../engine/trust/verify-trust-chain.ts';
import { beginCatalog } from '../engine/write-back/begin-catalog.ts';
import { branchLanding } from '../engine/write-back/branch-landing.ts';
import { checkHostLimits } from '../engine/write-back/host-limits.ts';
import type { Landing } from '../engine/write-back/landing.ts';
import { proposalLanding } from '../engine/write-back/proposal-landing.ts';
import { writeBack } from '../engine/write-back/write-back.ts';
import type { BuildResult } from '../model/build-result.ts';
import type { Emit } from '../model/event.ts';
import type { RunAllowList, RunImage } from '../model/record.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { Invocation } from './command.ts';
import { patientGit } from './patient-git.ts';
import { onceLoaded, recordedState } from './recorded-state.ts';
import type { CatalogTarget } from './target-branch.ts';
import { wantedChanges } from './wanted-changes.ts';

export interface RecordPorts {
  readonly cache: LocalStore;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly emit: Emit;
  /** Token of the lease that the run holds. */
  readonly fencingToken?: number | null;
}

export interface Recorded {
  /** Absent where nothing had to be written. */
  readonly commit: CommitId | undefined;
  readonly images: readonly RunImage[];
  readonly allowLists: readonly RunAllowList[];
}

/**
 * The signer, provided that the trust at a commit lets its key sign for builds; asked before anything is built, so that
 * no build is made in vain. SK8018 where its key has no such role.
 */
export async function openBuilderSigner(workspace: Workspace, tip: CommitId): Promise<Result<Signer>> {
  const signer = await openSigner(workspace.host);
  if (!signer.ok) {
    return signer;
  }
  const trust = await trustAt(workspace, tip);
  if (!trust.ok) {
    return trust;
  }
  const allowed = keyRule(trust.value.latest, 'builder').keys.some((key) => key.keyId === signer.value.keyId);
  return allowed
    ? signer
    : failure({
        code: 'SK8018',
        severity: 'error',
        message: `the key ${signer.value.keyId} (${workspace.host.keyFile}) has no role builder in trust/${trust.value.latest.signed.version}.json`,
        hint: 'use the key that the repository trusts (SANDKILN_KEY), or have a root key add this one: sandkiln keys add',
        failure: 'stalled',
      });
}

async function trustAt({ git, host }: Workspace, tip: CommitId) {
  const files = await readTrustFiles(git, tip);
  return files.ok ? verifyTrustChain(files.value, host.trustPin) : files;
}

/** The commit whose trust judges what a run writes next. */
export function trustCommit(target: CatalogTarget, desired: CommitId): CommitId {
  return target.isSeparate || target.tip === undefined ? desired : target.tip;
}

/** Signs the results of a build and writes the one commit of the reconcile, answering lost races by computing again. */
export async function runRecord(
  invocation: Invocation,
  workspace: Workspace,
  target: CatalogTarget,
  signer: Signer,
  build: BuildResult,
  ports: RecordPorts,
): Promise<Result<Recorded>> {
  const { cache, clock, timer, emit } = ports;
  const { git, host } = workspace;
  const { store } = await openStores(host);
  const memo = await loadDigestMemo(await openMemo(workspace, 'catalog-digests'));
  const prepared = await prepareRun(await loadRecorders(workspace), {
    build,
    signer,
    store,
    cache,
    git,
    memo,
    now: () => clock.now(),
    trustVersion: async (tip) => {
      const trust = await trustAt(workspace, tip);
      return trust.ok ? success(trust.value.latest.signed.version) : trust;
    },
    wanted: wantedChanges(
      { ...workspace, git: patientGit(git, target, invocation) },
      target,
      build.plan,
      invocation.signal,
    ),
    fencingToken: ports.fencingToken ?? null,
    history: git,
    desired: onceLoaded(() => recordedState(workspace, build)),
  });
  if (!prepared.ok) {
    return prepared;
  }
  let rows: readonly RunRow[] = [];
  const written = await writeBack({
    git,
    branch: target.proposal?.branch ?? target.branch,
    landing: landingOf(workspace, target, signer, build, ports),
    compute: async (attempt) => {
      const computed = await prepared.value.compute(attempt);
      rows = computed.ok ? computed.value.rows : [];
      return computed.ok && computed.value.changes.size === 0 ? success(undefined) : computed;
    },
    sign: (commit) => sshSignature(commit, gitNamespace, signer),
    author: host.author,
    clock,
    stopwatch: await openStopwatch(),
    timer,
    random: Math.random,
    deadlineMs: target.pushTimeoutMs,
    operationTimeoutMs: target.operationTimeoutMs,
    signal: invocation.signal,
  });
  await memo.save();
  if (!written.ok) {
    return written;
  }
  const { commit, content } = written.value;
  if (commit !== undefined && content !== undefined) {
    for (const diagnostic of await checkHostLimits(git, commit, content.changes)) {
      emit({ type: 'diagnostic', at: clock.now().toISOString(), diagnostic });
    }
  }
  // An attempt that landed although its answer was lost says what it recorded; else the last one computed does.
  const told = content?.rows ?? rows;
  return success({
    commit,
    images: told.flatMap((row) => (row.of === 'image' ? [row.image] : [])),
    allowLists: told.flatMap((row) => (row.of === 'allow-list' ? [row.allowList] : [])),
  });
}

function landingOf(
  { git, host }: Workspace,
  target: CatalogTarget,
  signer: Signer,
  { plan }: BuildResult,
  { clock, emit }: RecordPorts,
): Landing {
  const { branch, remote, proposal } = target;
  if (proposal !== undefined && remote !== undefined) {
    return proposalLanding({ git, remote, base: branch, branch: proposal.branch });
  }
  const desired = plan.desiredCommit as CommitId | null;
  return branchLanding({
    git,
    branch,
    folder: catalogFolder,
    clock,
    emit,
    ...(remote === undefined ? {} : { remote }),
    ...(target.isSeparate && desired !== null
      ? {
          begin: (tip: CommitId | undefined) =>
            beginCatalog(
              {
                git,
                desired,
                author: host.author,
                sign: (commit) => sshSignature(commit, gitNamespace, signer),
              },
              tip,
            ),
        }
      : {}),
  });
}
