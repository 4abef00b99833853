import type { CommitId, GitRepository } from '../adapters/git/git.ts';
import type { Workspace } from '../compose.ts';
import { catalogFolder } from '../engine/catalog/paths.ts';
import { lookAtProposal } from '../engine/write-back/proposal-landing.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { failure, type Result, success } from '../model/result.ts';
import { catalogBranchOf } from './catalog-tip.ts';
import type { Invocation } from './command.ts';
import type { Policy } from './plan-view.ts';
import { parseTime, wrongOption } from './run-build.ts';

/** Where a reconcile writes: a branch, here or at a remote, and how that stands now. */
export interface CatalogTarget {
  /** The branch that carries the catalog, in short. */
  readonly branch: string;
  readonly remote: string | undefined;
  /** Its tip; absent where a branch for the catalog alone is yet to be made. */
  readonly tip: CommitId | undefined;
  /** The commit whose catalog a plan starts from: an open proposal, else the tip. */
  readonly catalog: CommitId | undefined;
  /** The branch of the desired state, in short; absent where HEAD is detached and the catalog has its own branch. */
  readonly desiredBranch: string | undefined;
  /** Whether the catalog has a branch of its own. */
  readonly isSeparate: boolean;
  /** Set where records are proposed and not written to the branch itself: the branch of the proposal. */
  readonly proposal?: { readonly branch: string; readonly open: CommitId | undefined };
  /** How long lost races are answered. */
  readonly pushTimeoutMs: number;
  /** Of one fetch or push. */
  readonly operationTimeoutMs: number;
}

export const remoteOptions = {
  remote: {
    type: 'string',
    value: 'NAME',
    help: 'write to this remote; default: the one the branch follows, else origin',
  },
  'no-remote': { type: 'boolean', help: 'write to the local branch only' },
  'push-timeout': { type: 'string', value: 'TIME', help: 'how long lost races are answered; default 2m' },
  'remote-timeout': { type: 'string', value: 'TIME', help: 'of one fetch or push; default 1m' },
} as const;

export const proposalOptions = {
  'pull-request': {
    type: 'boolean',
    help: 'push the records to a branch of their own, for a pull request, instead of the catalog branch',
  },
  'pull-request-branch': {
    type: 'string',
    value: 'NAME',
    help: 'the branch of the pull request; default sandkiln/records',
  },
  'pull-request-body': {
    type: 'string',
    value: 'FILE',
    help: 'write title and text for the pull request there',
  },
} as const;

/**
 * Finds branch and remote. With a remote its tip counts, and the desired commit must be part of it: SK2210. Without a
 * branch (detached HEAD, and no `catalog.branch`) SK2211; where the branch has no commit yet SK2212, unless it is one
 * for the catalog alone, which the first reconcile makes; a bare repository SK2213; a proposal without a remote SK2217.
 * Without a remote, changes below catalog/ that no commit holds are SK2111: told before anything is built.
 */
export async function findCatalogTarget(
  workspace: Workspace,
  state: { readonly commit: CommitId; readonly policy: Policy },
  invocation: Invocation,
): Promise<Result<CatalogTarget>> {
  const { git } = workspace;
  const limits = readLimits(invocation);
  if (!limits.ok) {
    return limits;
  }
  if (git.workTree === undefined) {
    return failure(isBare(git.gitDirectory));
  }
  const head = (await git.head()).branch?.replace('refs/heads/', '');
  const catalogBranch = catalogBranchOf(state.policy);
  const branch = catalogBranch ?? head;
  if (branch === undefined) {
    return failure(noBranch());
  }
  const remote = invocation.flag('no-remote')
    ? undefined
    : (invocation.text('remote') ?? (await git.defaultRemote()));
  const common = {
    branch,
    head,
    mayBegin: catalogBranch !== undefined && catalogBranch !== head,
    ...limits.value,
  };
  return remote === undefined
    ? localTarget(workspace, common, invocation)
    : remoteTarget(workspace, { ...common, remote }, state.commit, invocation);
}

interface Common {
  readonly branch: string;
  /** HEAD's own branch, in short. */
  readonly head: string | undefined;
  /** Whether the branch is made where it is missing. */
  readonly mayBegin: boolean;
  readonly pushTimeoutMs: number;
  readonly operationTimeoutMs: number;
}

async function localTarget(
  { git }: Workspace,
  common: Common,
  invocation: Invocation,
): Promise<Result<CatalogTarget>> {
  const { branch, mayBegin } = common;
  if (invocation.flag('pull-request')) {
    return failure(nothingToProposeTo());
  }
  const resolved = await git.resolveCommit(`refs/heads/${branch}`);
  if (!resolved.ok && !mayBegin) {
    return failure(noCommit(branch));
  }
  const tip = resolved.ok ? resolved.value : undefined;
  const writable = await git.checkBranch(branch, catalogFolder);
  return writable.ok
    ? success(targetOf(common, undefined, tip, await holdsCatalogAlone(git, tip)))
    : writable;
}

async function remoteTarget(
  { git }: Workspace,
  common: Common & { readonly remote: string },
  commit: CommitId,
  invocation: Invocation,
): Promise<Result<CatalogTarget>> {
  const { branch, remote, mayBegin, operationTimeoutMs } = common;
  const limits = { timeoutMs: operationTimeoutMs, signal: invocation.signal };
  const fetched = await git.fetchBranch(remote, branch, limits);
  if (!fetched.ok) {
    return fetched;
  }
  const tip = fetched.value;
  if (tip === undefined && !mayBegin) {
    return failure(noCommit(`${remote}/${branch}`));
  }
  const target = targetOf(common, remote, tip, await holdsCatalogAlone(git, tip));
  const { desiredBranch, isSeparate } = target;
  const desiredTip =
    !isSeparate || desiredBranch === undefined
      ? success(tip)
      : await git.fetchBranch(remote, desiredBranch, limits);
  if (!desiredTip.ok) {
    return desiredTip;
  }
  const known = isSeparate && desiredBranch === undefined ? undefined : (desiredTip.value ?? null);
  if (known === null || (known !== undefined && !(await git.isAncestor(commit, known)))) {
    return failure(notPushed(commit, remote, desiredBranch ?? branch));
  }
  if (!invocation.flag('pull-request')) {
    return success(target);
  }
  if (tip === undefined) {
    return failure(noCommit(`${remote}/${branch}`));
  }
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
  return success({ ...target, catalog: open ?? tip, proposal: { branch: name, open } });
}

function targetOf(
  { branch, head, pushTimeoutMs, operationTimeoutMs }: Common,
  remote: string | undefined,
  tip: CommitId | undefined,
  isSeparate: boolean,
): CatalogTarget {
  const desiredBranch = isSeparate ? head : branch;
  return { branch, remote, tip, catalog: tip, desiredBranch, isSeparate, pushTimeoutMs, operationTimeoutMs };
}

/** Whether a branch has, or will have, nothing but the catalog and the trust that it is judged by. */
async function holdsCatalogAlone(git: GitRepository, tip: CommitId | undefined): Promise<boolean> {
  if (tip === undefined) {
    return true;
  }
  const root = await git.objectAt(tip, '');
  const rows = root === undefined ? undefined : await git.readFolder(root);
  return rows?.ok === true && rows.value.every(({ name }) => name === catalogFolder || name === 'trust');
}

function readLimits(
  invocation: Invocation,
): Result<{ readonly pushTimeoutMs: number; readonly operationTimeoutMs: number }> {
  const push = invocation.text('push-timeout') ?? '2m';
  const operation = invocation.text('remote-timeout') ?? '1m';
  const [pushTimeoutMs, operationTimeoutMs] = [parseTime(push), parseTime(operation)];
  if (pushTimeoutMs === undefined || operationTimeoutMs === undefined) {
    const [option, value] =
      pushTimeoutMs === undefined
        ? (['push-timeout', push] as const)
        : (['remote-timeout', operation] as const);
    return failure(wrongOption(option, value, 'a time span with its unit: 90s, 2m'));
  }
  return success({ pushTimeoutMs, operationTimeoutMs });
}

function nothingToProposeTo(): Diagnostic {
  return {
    code: 'SK2217',
    severity: 'error',
    message: 'a pull request needs a remote, and the records would go to a local branch',
    hint: 'name the remote with --remote, or leave --pull-request out',
    failure: 'stalled',
  };
}

function isBare(gitDirectory: string): Diagnostic {
  return {
    code: 'SK2213',
    severity: 'error',
    message: `${gitDirectory} is a bare repository: the catalog is written from a clone of it`,
    hint: 'run it in a clone; with the bare repository as its remote the records are pushed there',
    failure: 'stalled',
  };
}

function noBranch(): Diagnostic {
  return {
    code: 'SK2211',
    severity: 'error',
    message: 'HEAD is detached, so there is no branch to write the catalog to',
    hint: 'check out a branch (git switch main), or set spec.catalog.branch in sandkiln.yaml',
    failure: 'stalled',
  };
}

function noCommit(branch: string): Diagnostic {
  return {
    code: 'SK2212',
    severity: 'error',
    message: `the branch ${branch} has no commit that the catalog could stand on`,
    hint: 'commit the specs first, and push them where the catalog is written to a remote',
    failure: 'stalled',
  };
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
