import type { CommitId, GitRepository } from '../adapters/git/git.ts';
import type { Workspace } from '../compose.ts';
import { catalogFolder } from '../engine/catalog/paths.ts';
import { noCommits } from '../engine/write-back/no-commits.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { failure, type Result, success } from '../model/result.ts';
import { catalogBranchOf } from './catalog-tip.ts';
import type { Invocation } from './command.ts';
import type { Policy } from './policy.ts';
import { readRemoteLimits } from './remote-options.ts';
import { type CatalogTarget, type TargetBranch, targetOn } from './target-branch.ts';

/**
 * Finds branch and remote. With a remote its tip counts, and the desired commit must be part of it: SK2210. Without a
 * branch (detached HEAD, and no `catalog.branch`) SK2211; where the branch has no commit yet SK2202, unless it is one
 * for the catalog alone, which the first reconcile makes; a bare repository SK2213; a proposal without a remote SK2217.
 */
export async function findCatalogTarget(
  { git }: Workspace,
  state: { readonly commit: CommitId; readonly policy: Policy },
  invocation: Invocation,
  where: Promise<Whereabouts> = askWhereabouts({ git }, invocation),
): Promise<Result<CatalogTarget>> {
  const limits = readRemoteLimits(invocation);
  if (!limits.ok) {
    return limits;
  }
  if (git.workTree === undefined) {
    return failure(isBare(git.gitDirectory));
  }
  const [{ branch: headReference }, remote] = await where;
  const head = headReference?.replace('refs/heads/', '');
  const catalogBranch = catalogBranchOf(state.policy);
  const branch = catalogBranch ?? head;
  if (branch === undefined) {
    return failure(noBranch());
  }
  const place: TargetBranch = {
    branch,
    head,
    mayBegin: catalogBranch !== undefined && catalogBranch !== head,
    limits: limits.value,
  };
  if (remote === undefined) {
    return localTarget(git, place, invocation);
  }
  const { remoteTarget } = await import('./remote-target.ts');
  return remoteTarget(git, place, remote, state.commit, invocation);
}

/**
 * Looks ahead, before anything is built or signed: without a remote, changes below catalog/ that no commit holds are
 * SK2111. It costs a look at every record, so it is asked for only where there is something to do.
 */
export async function requireWritable(
  { git }: Workspace,
  { remote, branch }: CatalogTarget,
): Promise<Result<undefined>> {
  return remote === undefined ? git.checkBranch(branch, catalogFolder) : success(undefined);
}

/** What git says of HEAD, and the remote that an invocation means. */
export type Whereabouts = readonly [
  head: Awaited<ReturnType<GitRepository['head']>>,
  remote: string | undefined,
];

/** Each of these takes a process of git, so whoever knows that they will be needed asks early. */
export function askWhereabouts(
  { git }: Pick<Workspace, 'git'>,
  invocation: Invocation,
): Promise<Whereabouts> {
  return Promise.all([git.head(), remoteOf(git, invocation)]);
}

async function remoteOf(git: GitRepository, invocation: Invocation): Promise<string | undefined> {
  return invocation.flag('no-remote')
    ? undefined
    : (invocation.text('remote') ?? (await git.defaultRemote()));
}

async function localTarget(
  git: GitRepository,
  place: TargetBranch,
  invocation: Invocation,
): Promise<Result<CatalogTarget>> {
  if (invocation.flag('pull-request')) {
    return failure(nothingToProposeTo());
  }
  const tip = await git.resolveCommit(`refs/heads/${place.branch}`);
  return tip.ok || place.mayBegin
    ? success(await targetOn(git, place, undefined, tip.ok ? tip.value : undefined))
    : noCommits(place.branch, 'this repository');
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
