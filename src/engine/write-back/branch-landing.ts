import type { CommitId, GitRepository } from '../../adapters/git/git.ts';
import { type Result, success } from '../../model/result.ts';
import { bringLocalBranch, type LocalBranch } from './bring-local-branch.ts';
import type { Landing } from './landing.ts';
import { noCommits } from './no-commits.ts';
import { spacingOf } from './spacing.ts';

export interface BranchLandingOptions extends LocalBranch {
  readonly git: GitRepository;
  /** In short or in full. */
  readonly branch: string;
  /** The only folder that commits change: `catalog`. */
  readonly folder: string;
  /** Where to push to; without one the local branch itself is moved. */
  readonly remote?: string;
  /**
   * For a catalog with a branch of its own: the commit that the next one is made on. The tip itself, or one more that
   * brings the newest trust; without a tip, the first commit of the branch.
   */
  readonly begin?: (tip: CommitId | undefined) => Promise<Result<CommitId>>;
}

/** Lands on a branch: by compare-and-swap of the local one, or by a push, after which the local one comes along. */
export function branchLanding(options: BranchLandingOptions): Landing {
  const { git, branch, remote, folder } = options;
  return {
    async look(limits) {
      const tip = await findTip(options, limits);
      if (!tip.ok) {
        return tip;
      }
      if (options.begin !== undefined) {
        const parent = await options.begin(tip.value);
        return parent.ok ? success({ parent: parent.value, tip: tip.value }) : parent;
      }
      return tip.value === undefined
        ? noCommits(branch, remote === undefined ? 'this repository' : `remote ${remote}`)
        : success({ parent: tip.value, tip: tip.value });
    },
    land: ({ tip }, commit, limits) =>
      remote === undefined
        ? git.advanceBranch(branch, tip, commit, folder)
        : git.pushBranch(remote, branch, tip, commit, limits),
    holds: async ({ tip }, commit) => tip !== undefined && (await git.isAncestor(commit, tip)),
    spacingMs: () => knownSpacing(options),
    settle: async (commit) => {
      if (remote !== undefined) {
        await bringLocalBranch(options, commit);
      }
    },
  };
}

async function findTip(
  { git, branch, remote }: BranchLandingOptions,
  limits: Parameters<Landing['look']>[0],
): Promise<Result<CommitId | undefined>> {
  if (remote !== undefined) {
    return git.fetchBranch(remote, branch, limits);
  }
  const name = branch.startsWith('refs/heads/') ? branch : `refs/heads/${branch}`;
  const tip = await git.resolveCommit(name);
  return tip.ok || tip.diagnostics[0]?.code !== 'SK2006' ? tip : success(undefined);
}

async function knownSpacing({ git, branch, remote, clock }: BranchLandingOptions): Promise<number> {
  const short = branch.replace(/^refs\/heads\//, '');
  const tip = await git.resolveCommit(
    remote === undefined ? `refs/heads/${short}` : `refs/remotes/${remote}/${short}`,
  );
  const commit = tip.ok ? await git.readCommit(tip.value) : tip;
  return commit.ok ? spacingOf(commit.value, clock.now()) : 0;
}
