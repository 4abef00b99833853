import type { CommitId } from '../adapters/git/git.ts';
import type { Workspace } from '../compose.ts';
import { catalogFolder } from '../engine/catalog/paths.ts';
import { repositoryPolicy } from '../kinds/repository/repository.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { failure, type Result, success } from '../model/result.ts';
import { parseTime, wrongOption } from './run-build.ts';
import type { Invocation } from './command.ts';
import type { DesiredState } from './loaded-state.ts';

/** Where a reconcile writes: a branch, here or at a remote, and the commit that it stands at now. */
export interface CatalogTarget {
  readonly branch: string;
  readonly remote: string | undefined;
  readonly tip: CommitId;
  /** How long lost races are answered. */
  readonly pushTimeoutMs: number;
}

export const remoteOptions = {
  remote: {
    type: 'string',
    value: 'NAME',
    help: 'write to this remote; default: the one the branch follows, else origin',
  },
  'no-remote': { type: 'boolean', help: 'write to the local branch only' },
  'push-timeout': { type: 'string', value: 'TIME', help: 'how long lost races are answered; default 2m' },
} as const;

/**
 * Finds branch and remote. With a remote its tip counts, and the desired commit must be part of it: SK2210. Without a
 * branch (detached HEAD, and no `catalog.branch`) SK2211; where the branch has no commit yet SK2212; a bare repository
 * SK2213. Without a remote, changes below catalog/ that no commit holds are SK2111: told before anything is built.
 */
export async function findCatalogTarget(
  { git }: Workspace,
  state: DesiredState,
  invocation: Invocation,
): Promise<Result<CatalogTarget>> {
  const timeout = invocation.text('push-timeout') ?? '2m';
  const pushTimeoutMs = parseTime(timeout);
  if (pushTimeoutMs === undefined) {
    return failure(wrongOption('push-timeout', timeout, 'a time span with its unit: 90s, 2m'));
  }
  if (git.workTree === undefined) {
    return failure(isBare(git.gitDirectory));
  }
  const head = await git.head();
  const { catalogBranch } = repositoryPolicy(state.desired.repository);
  const branch = catalogBranch ?? head.branch?.replace('refs/heads/', '');
  if (branch === undefined) {
    return failure(noBranch());
  }
  const remote = invocation.flag('no-remote')
    ? undefined
    : (invocation.text('remote') ?? (await git.defaultRemote()));
  if (remote === undefined) {
    const tip = await git.resolveCommit(`refs/heads/${branch}`);
    if (!tip.ok) {
      return failure(noCommit(branch));
    }
    const writable = await git.checkBranch(branch, catalogFolder);
    return writable.ok ? success({ branch, remote, tip: tip.value, pushTimeoutMs }) : writable;
  }
  const tip = await git.fetchBranch(remote, branch, { signal: invocation.signal });
  if (!tip.ok) {
    return tip;
  }
  if (tip.value === undefined) {
    return failure(noCommit(`${remote}/${branch}`));
  }
  const { commit } = state;
  if (commit !== null && catalogBranch === undefined && !(await git.isAncestor(commit, tip.value))) {
    return failure(notPushed(commit, remote, branch));
  }
  return success({ branch, remote, tip: tip.value, pushTimeoutMs });
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
