import type { Clock } from '../../adapters/clock/clock.ts';
import type { CommitId, GitRepository } from '../../adapters/git/git.ts';
import type { Emit } from '../../model/event.ts';
import { success } from '../../model/result.ts';

export interface LocalBranch {
  readonly git: GitRepository;
  readonly branch: string;
  readonly folder: string;
  readonly clock: Clock;
  readonly emit: Emit;
}

/**
 * Takes the local branch along after a push, where it only has to move forward and nobody's work is in the way. Where
 * it cannot, it stays, and a note (SK2203) says why; the push holds either way. Gives whether it moved.
 */
export async function bringLocalBranch(options: LocalBranch, commit: CommitId): Promise<boolean> {
  const { git, branch } = options;
  const local = await git.resolveCommit(fullName(branch));
  if (!local.ok || local.value === commit) {
    return false;
  }
  if (!(await git.isAncestor(local.value, commit))) {
    leave(options, 'it has commits of its own');
    return false;
  }
  const moved = await git.advanceBranch(branch, local.value, commit, options.folder);
  if (!moved.ok) {
    leave(options, moved.diagnostics[0]?.message ?? 'git refused');
  } else if (moved.value.status === 'raced') {
    leave(options, moved.value.detail);
  }
  return moved.ok && moved.value.status === 'updated';
}

/**
 * Does what a run that was killed around its last step left undone, for a later one that has nothing to write itself:
 * brings the local branch to the tip of the remote (none: there is no remote), or takes back files that are ahead of
 * their branch. A branch with commits of its own is its owner's, and nothing is said of it. Gives whether it moved.
 */
export async function finishLocalBranch(options: LocalBranch, tip: CommitId | undefined): Promise<boolean> {
  const { git, branch, folder } = options;
  const local = tip === undefined ? undefined : await git.resolveCommit(fullName(branch));
  if (
    local?.ok === true &&
    tip !== undefined &&
    local.value !== tip &&
    (await git.isAncestor(local.value, tip))
  ) {
    return bringLocalBranch(options, tip);
  }
  const clean = (await git.isAdvanceInterrupted(branch))
    ? await git.checkBranch(branch, folder)
    : success(undefined);
  if (!clean.ok) {
    leave(options, clean.diagnostics[0]?.message ?? 'git refused');
  }
  return false;
}

function fullName(branch: string): string {
  return branch.startsWith('refs/heads/') ? branch : `refs/heads/${branch}`;
}

function leave(options: LocalBranch, reason: string): void {
  options.emit({
    type: 'diagnostic',
    at: options.clock.now().toISOString(),
    diagnostic: {
      code: 'SK2203',
      severity: 'note',
      message: `the records are pushed, but local branch ${options.branch} was left where it is: ${reason}`,
      hint: 'bring it up to date when it suits you: "git pull"',
    },
  });
}
