import { type Failure, failure } from '../../model/result.ts';
import type { GitPlace } from './git-place.ts';

/** An object that a commit needs is not in the object database (SK2009); says whether the clone is why. */
export async function missingObject(name: string, place: GitPlace): Promise<Failure> {
  const promisors = await place.run('read', ['config', '--get-regexp', '^remote\\..*\\.promisor$']);
  const isPartial = promisors.exitCode === 0;
  const clone = isPartial
    ? ', which is a partial clone'
    : place.isShallow
      ? ', which is a shallow clone'
      : '';
  return failure({
    code: 'SK2009',
    severity: 'error',
    message: `object ${name} is not in this repository${clone}`,
    hint: isPartial
      ? 'fetch the missing files ("git checkout" of that commit does), or clone without --filter'
      : place.isShallow
        ? 'fetch the whole history: git fetch --unshallow'
        : 'run "git fsck"; fetch again from the remote, or clone anew',
    failure: 'stalled',
  });
}
