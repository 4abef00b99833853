import { distance } from 'fastest-levenshtein';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { compareCodePoints } from '../../model/json.ts';
import type { Tree } from '../../tree/tree.ts';
import { treeProblem } from '../../tree/tree-problem.ts';
import { unitNames } from './find-unit.ts';

/** SK5520: a unit that the tree does not have, with the names that are near. */
export function unknownUnit(tree: Tree, name: string): Diagnostic {
  const near = unitNames(tree)
    .map((candidate) => ({ candidate, edits: distance(candidate, name) }))
    .filter(({ edits }) => edits <= Math.max(2, name.length / 4))
    .sort((left, right) => left.edits - right.edits || compareCodePoints(left.candidate, right.candidate))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
  return treeProblem(
    'SK5520',
    `the image has no unit ${name}`,
    near.length === 0
      ? 'add the package that brings it, or remove the name'
      : `did you mean ${near.join(', ')}?`,
  );
}
