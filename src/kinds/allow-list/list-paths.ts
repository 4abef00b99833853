import type { AllowListInputs } from '../../model/allow-list-record.ts';
import type { ResolvedResource } from '../../model/resource.ts';
import { entryFiles } from './allow-list-inputs.ts';

/** Files whose commits can change what a list means: its specs, the files that they name or named, and the policy. */
export function inputPaths(
  lists: readonly ResolvedResource[],
  before: AllowListInputs | undefined,
): readonly string[] {
  const paths = new Set([
    'sandkiln.yaml',
    ...lists.map(({ file }) => file),
    ...lists.flatMap(entryFiles),
    ...Object.keys(before?.files ?? {}),
  ]);
  return [...paths].sort();
}
