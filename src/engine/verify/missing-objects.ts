import type { Diagnostic } from '../../model/diagnostic.ts';
import { finding } from './finding.ts';

/** Whether a diagnostic says that an object is not in this clone: then nothing can be concluded from it. */
export function isMissing(diagnostic: Diagnostic): boolean {
  return diagnostic.code === 'SK2009';
}

/** All that could not be read as one finding (SK8044), before what was found in the rest. */
export function withMissingAsOne(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const [first, ...more] = new Set(findings.filter(isMissing).map(({ message }) => message));
  if (first === undefined) {
    return findings;
  }
  const message = `the history cannot be read: ${first}`;
  const hint =
    'fetch the whole history: git fetch --unshallow in a shallow clone, git fetch --refetch --no-filter in a partial one';
  return [
    finding(
      'SK8044',
      'catalog',
      more.length === 0 ? message : `${message}; ${more.length} more objects are not there`,
      hint,
    ),
    ...findings.filter((one) => !isMissing(one)),
  ];
}
