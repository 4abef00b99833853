import { type Result, success } from '../../model/result.ts';
import type { CatFile } from './cat-file.ts';
import type { CommitId } from './git.ts';
import { firstComplaint, gitFailure } from './git-failure.ts';
import type { GitPlace } from './git-place.ts';
import { missingObject } from './missing-object.ts';
import { asCommitId } from './object-format.ts';
import { readCommit } from './read-objects.ts';

export interface FirstParentsOptions {
  readonly until?: CommitId;
  readonly limit?: number;
}

/** The port's `firstParents`, by one `git rev-list` that is ended as soon as `until` is met. */
export async function firstParents(
  place: GitPlace,
  catFile: CatFile,
  tip: CommitId,
  options: FirstParentsOptions,
): Promise<Result<readonly CommitId[]>> {
  const listed = await listFirstParents(place, tip, options);
  if (!listed.ok) {
    return listed;
  }
  const { commits, stopped } = listed.value;
  const last = commits.at(-1);
  if (place.isShallow && stopped === 'root' && last !== undefined) {
    // Git takes the edge of a shallow clone for a root; the commit object itself still names its parents.
    const oldest = await readCommit(place, catFile, last);
    const beyond = oldest.ok ? oldest.value.parents[0] : undefined;
    if (beyond !== undefined) {
      return missingObject(beyond, place);
    }
  }
  return success(commits);
}

interface FirstParents {
  readonly commits: readonly CommitId[];
  readonly stopped: 'until' | 'limit' | 'root';
}

async function listFirstParents(
  place: GitPlace,
  tip: CommitId,
  options: { readonly until?: CommitId; readonly limit?: number },
): Promise<Result<FirstParents>> {
  const { until, limit } = options;
  const lines: string[] = [];
  let rest = '';
  const outcome = await place.run(
    'read',
    [
      'rev-list',
      '--first-parent',
      ...(limit === undefined ? [] : [`--max-count=${limit}`]),
      '--end-of-options',
      tip,
    ],
    {
      enough(piece) {
        const added = (rest + piece.toString('latin1')).split('\n');
        rest = added.pop() ?? '';
        lines.push(...added);
        return until !== undefined && added.includes(until);
      },
    },
  );
  const end = until === undefined ? -1 : lines.indexOf(until);
  if (end !== -1) {
    return success({ commits: lines.slice(0, end).map(asCommitId), stopped: 'until' });
  }
  if (outcome.exitCode !== 0) {
    return /missing|bad object|could not (?:read|fetch)|parse commit/i.test(outcome.stderr)
      ? missingObject(/[0-9a-f]{40,64}/.exec(firstComplaint(outcome.stderr))?.[0] ?? tip, place)
      : gitFailure(`reading the history of ${tip}`, outcome);
  }
  return success({ commits: lines.map(asCommitId), stopped: lines.length === limit ? 'limit' : 'root' });
}
