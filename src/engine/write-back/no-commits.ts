import { type Failure, failure } from '../../model/result.ts';

/** The branch that the catalog is to be written to has no commit to stand on (SK2202). */
export function noCommits(branch: string, where: string): Failure {
  return failure({
    code: 'SK2202',
    severity: 'error',
    message: `branch ${branch} has no commits in ${where}`,
    hint: 'make the first commit and push it, or name another branch in sandkiln.yaml (spec.catalog.branch)',
    failure: 'stalled',
  });
}
