import { type Result, success } from '../../model/result.ts';
import { gitFailure } from './git-failure.ts';
import type { GitPlace } from './git-place.ts';

/** Folders of the work trees that have a branch checked out; a folder that is gone is none. */
export async function worktreesOn(place: GitPlace, reference: string): Promise<Result<readonly string[]>> {
  const outcome = await place.run('read', ['worktree', 'list', '--porcelain', '-z']);
  if (outcome.exitCode !== 0) {
    return gitFailure('listing work trees', outcome);
  }
  const records = outcome.stdout.toString().split('\0\0');
  const directories: string[] = [];
  for (const record of records) {
    const lines = record.split('\0');
    const directory = lines.find((line) => line.startsWith('worktree '))?.slice('worktree '.length);
    const isGone = lines.some((line) => /^prunable(?: |$)/.test(line));
    if (directory !== undefined && !isGone && lines.includes(`branch ${reference}`)) {
      directories.push(directory);
    }
  }
  return success(directories);
}
