import type { CommitId, GitRepository, RemoteOptions } from '../adapters/git/git.ts';
import { noCommits } from '../engine/write-back/no-commits.ts';
import { lookAtProposal } from '../engine/write-back/proposal-landing.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { Invocation } from './command.ts';
import { patientGit } from './patient-git.ts';
import type { CatalogTarget } from './target-branch.ts';
import { type TargetBranch, targetOn } from './target-branch.ts';
import { wrongOption } from './wrong-option.ts';

/**
 * Where a reconcile writes at a remote. The desired commit must be part of what the remote has: SK2210. Fetches that fail
 * for a while are tried again.
 */
export async function remoteTarget(
  repository: GitRepository,
  place: TargetBranch,
  remote: string,
  commit: CommitId,
  invocation: Invocation,
): Promise<Result<CatalogTarget>> {
  const { branch, mayBegin } = place;
  const git = patientGit(repository, place.limits, invocation);
  const limits = { timeoutMs: place.limits.operationTimeoutMs, signal: invocation.signal };
  const fetched = await git.fetchBranch(remote, branch, limits);
  if (!fetched.ok) {
    return fetched;
  }
  const tip = fetched.value;
  if (tip === undefined && !mayBegin) {
    return noCommits(branch, `remote ${remote}`);
  }
  const target = await targetOn(git, place, remote, tip);
  const { desiredBranch, isSeparate } = target;
  const desiredTip =
    !isSeparate || desiredBranch === undefined
      ? success(tip)
      : await git.fetchBranch(remote, desiredBranch, limits);
  if (!desiredTip.ok) {
    return desiredTip;
  }
  const known = isSeparate && desiredBranch === undefined ? undefined : (desiredTip.value ?? null);
  if (known === null || (known !== undefined && known !== commit && !(await git.isAncestor(commit, known)))) {
    return failure(notPushed(commit, remote, desiredBranch ?? branch));
  }
  return invocation.flag('pull-request')
    ? withProposal(git, target, remote, limits, invocation)
    : success(target);
}

async function withProposal(
  git: GitRepository,
  target: CatalogTarget,
  remote: string,
  limits: RemoteOptions,
  invocation: Invocation,
): Promise<Result<CatalogTarget>> {
  const { branch, desiredBranch } = target;
  const name = invocation.text('pull-request-branch') ?? 'sandkiln/records';
  if (name === branch || name === desiredBranch) {
    return failure(
      wrongOption('pull-request-branch', name, 'a branch that is neither the catalog nor the specs'),
    );
  }
  const sight = await lookAtProposal({ git, remote, base: branch, branch: name }, limits);
  if (!sight.ok) {
    return sight;
  }
  const open = sight.value.proposal;
  return success({ ...target, catalog: open ?? target.tip, proposal: { branch: name, open } });
}

function notPushed(commit: string, remote: string, branch: string): Diagnostic {
  return {
    code: 'SK2210',
    severity: 'error',
    message: `the desired commit ${commit.slice(0, 12)} is not part of ${remote}/${branch}`,
    hint: `push it first (git push ${remote} ${branch}), or write to the local branch only with --no-remote`,
    failure: 'stalled',
  };
}
