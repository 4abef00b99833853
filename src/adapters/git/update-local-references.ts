import { type Result, success } from '../../model/result.ts';
import type { ReferenceUpdate, RefUpdate } from './git.ts';
import { firstComplaint, gitFailure } from './git-failure.ts';
import type { GitPlace } from './git-place.ts';
import { nullId } from './object-format.ts';
import { fullReference } from './reference-name.ts';

/** Moves refs of this repository in one transaction of `git update-ref --stdin`. */
export async function updateLocalReferences(
  place: GitPlace,
  updates: readonly ReferenceUpdate[],
): Promise<Result<RefUpdate>> {
  const none = nullId(place.objectFormat);
  const lines: string[] = [];
  for (const { reference, expected, next } of updates) {
    const name = fullReference(reference);
    if (!name.ok) {
      return name;
    }
    lines.push(
      next === undefined
        ? `delete ${name.value} ${expected ?? ''}`.trimEnd()
        : `update ${name.value} ${next} ${expected ?? none}`,
    );
  }
  const moved = await place.run('write', ['update-ref', '--stdin'], {
    stdin: `start\n${lines.join('\n')}\nprepare\ncommit\n`,
  });
  if (moved.exitCode === 0) {
    return success({ status: 'updated' });
  }
  return /cannot lock ref|reference already exists/.test(moved.stderr)
    ? success({ status: 'raced', detail: firstComplaint(moved.stderr) })
    : gitFailure('moving refs', moved);
}
