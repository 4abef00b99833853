import type { Clock } from '../../adapters/clock/clock.ts';
import type { CommitId, GitRepository } from '../../adapters/git/git.ts';
import type { Emit } from '../../model/event.ts';

export interface LocalBranch {
  readonly git: GitRepository;
  readonly branch: string;
  readonly folder: string;
  readonly clock: Clock;
  readonly emit: Emit;
}

/**
 * Takes the local branch along after a push, where it only has to move forward and nobody's work is in the way. Where
 * it cannot, it stays, and a note (SK2203) says why; the push holds either way.
 */
export async function bringLocalBranch(options: LocalBranch, commit: CommitId): Promise<void> {
  const { git, branch } = options;
  const local = await git.resolveCommit(branch.startsWith('refs/heads/') ? branch : `refs/heads/${branch}`);
  if (!local.ok || local.value === commit) {
    return;
  }
  if (!(await git.isAncestor(local.value, commit))) {
    leave(options, 'it has commits of its own');
    return;
  }
  const moved = await git.advanceBranch(branch, local.value, commit, options.folder);
  if (!moved.ok) {
    leave(options, moved.diagnostics[0]?.message ?? 'git refused');
  } else if (moved.value.status === 'raced') {
    leave(options, moved.value.detail);
  }
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
