import type { CommitId, GitRepository, RemoteOptions } from '../../adapters/git/git.ts';
import { type Result, success } from '../../model/result.ts';
import { catalogFolder } from '../catalog/paths.ts';
import type { Landing, Sight } from './landing.ts';
import { noCommits } from './no-commits.ts';

export interface ProposalPlace {
  readonly git: GitRepository;
  readonly remote: string;
  /** The branch that the proposal is for, in short. */
  readonly base: string;
  /** The branch that holds the proposal, in short. */
  readonly branch: string;
}

/**
 * Lands on a branch of its own that holds one commit on top of the base: the proposal. While it is open, the next
 * reconcile carries its catalog on and replaces the commit, so there is never more than one.
 */
export function proposalLanding(place: ProposalPlace): Landing {
  const { git, remote, branch } = place;
  return {
    look: (limits) => lookAtProposal(place, limits),
    land: ({ tip }, commit, limits) =>
      git.updateReferences(
        remote,
        [{ reference: `refs/heads/${branch}`, expected: tip, next: commit }],
        limits,
      ),
    holds: async ({ tip, parent }, commit) => tip === commit || (await git.isAncestor(commit, parent)),
    spacingMs: async () => 0,
    settle: async () => undefined,
  };
}

/** The base, and the proposal as long as it is open. */
export async function lookAtProposal(
  { git, remote, base, branch }: ProposalPlace,
  limits: RemoteOptions,
): Promise<Result<Sight>> {
  const parent = await git.fetchBranch(remote, base, limits);
  if (!parent.ok) {
    return parent;
  }
  if (parent.value === undefined) {
    return noCommits(base, `remote ${remote}`);
  }
  const tip = await git.fetchBranch(remote, branch, limits);
  if (!tip.ok) {
    return tip;
  }
  const isOpen = tip.value !== undefined && (await isOpenProposal(git, tip.value, parent.value));
  return success({
    parent: parent.value,
    tip: tip.value,
    ...(isOpen && tip.value !== undefined ? { proposal: tip.value } : {}),
  });
}

/**
 * Whether a proposal still waits: its catalog is not that of the base, and the base has the catalog that the proposal
 * was made on. Where the base's catalog moved on, the proposal says nothing any more; what it built is in the cache.
 */
async function isOpenProposal(git: GitRepository, proposal: CommitId, base: CommitId): Promise<boolean> {
  const commit = await git.readCommit(proposal);
  const from = commit.ok ? commit.value.parents[0] : undefined;
  if (from === undefined) {
    return false;
  }
  const [proposed, before, now] = await Promise.all(
    [proposal, from, base].map((each) => git.objectAt(each, catalogFolder)),
  );
  return proposed !== undefined && proposed !== now && before === now;
}
