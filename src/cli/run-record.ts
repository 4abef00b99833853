import type { Clock } from '../adapters/clock/clock.ts';
import type { Timer } from '../adapters/clock/timer.ts';
import type { CommitId } from '../adapters/git/git.ts';
import type { Signer } from '../adapters/signer/signer.ts';
import type { LocalStore } from '../adapters/store/store.ts';
import { loadRecorders, openMemo, openSigner, openStores, type Workspace } from '../compose.ts';
import { gitNamespace, sshSignature } from '../engine/attest/ssh-signature.ts';
import { loadDigestMemo } from '../engine/catalog/digest-memo.ts';
import { catalogFolder } from '../engine/catalog/paths.ts';
import { prepareRun } from '../engine/record/record-run.ts';
import { readTrustFiles } from '../engine/trust/read-trust.ts';
import { keyRule } from '../engine/trust/trust.ts';
import { verifyTrustChain } from '../engine/trust/verify-trust-chain.ts';
import { writeBack } from '../engine/write-back/write-back.ts';
import type { BuildResult } from '../model/build-result.ts';
import type { Emit } from '../model/event.ts';
import type { RunImage } from '../model/record.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { CatalogTarget } from './catalog-target.ts';
import type { Invocation } from './command.ts';

export interface RecordPorts {
  readonly cache: LocalStore;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly emit: Emit;
}

export interface Recorded {
  /** Absent where nothing had to be written. */
  readonly commit: CommitId | undefined;
  readonly images: readonly RunImage[];
}

/**
 * The signer, provided that the trust at the tip lets its key sign for builds; asked before anything is built, so that
 * no build is made in vain. SK8061 where its key has no such role.
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
        code: 'SK8061',
        severity: 'error',
        message: `the key ${signer.value.keyId} (${workspace.host.keyFile}) has no role builder in trust/${trust.value.latest.signed.version}.json`,
        hint: 'use the key that the repository trusts (SANDKILN_KEY), or have a root key add this one to the trust',
        failure: 'stalled',
      });
}

async function trustAt({ git, host }: Workspace, tip: CommitId) {
  const files = await readTrustFiles(git, tip);
  return files.ok ? verifyTrustChain(files.value, host.trustPin) : files;
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
  const prepared = await prepareRun(await loadRecorders(), {
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
  });
  if (!prepared.ok) {
    return prepared;
  }
  const written = await writeBack({
    git,
    branch: target.branch,
    folder: catalogFolder,
    ...(target.remote === undefined ? {} : { remote: target.remote }),
    compute: (tip) => prepared.value.compute(tip),
    sign: (commit) => sshSignature(commit, gitNamespace, signer),
    author: host.author,
    clock,
    timer,
    random: Math.random,
    deadlineMs: target.pushTimeoutMs,
    pushTimeoutMs: target.pushTimeoutMs,
    signal: invocation.signal,
    emit,
  });
  await memo.save();
  return written.ok
    ? success({ commit: written.value.commit, images: written.value.content?.images ?? [] })
    : written;
}
