import type { Diagnostic } from '../../model/diagnostic.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { exactEntry } from '../../tree/entry-at.ts';
import { replaceEntries, type TreeChange } from '../../tree/replace-entries.ts';
import type { Tree } from '../../tree/tree.ts';
import { treeProblem } from '../../tree/tree-problem.ts';
import { findUnit, ownUnitFolder } from './find-unit.ts';
import { writeLink } from './tree-text.ts';
import { parseUnitName } from './unit-name.ts';
import { unknownUnit } from './unknown-unit.ts';

/**
 * Masks units, as `systemctl --root=… mask` does: nothing can start them, neither by hand nor for another unit.
 * Instances of templates, names that a package gives to a unit (`ctrl-alt-del.target`) and units made from start
 * scripts can be masked too. SK5520 for a unit that is not there,
 * SK5522 for one that a mask would not stop or not replace.
 */
export function maskUnits(tree: Tree, names: readonly string[], sourceDateEpoch: number): Result<Tree> {
  const diagnostics: Diagnostic[] = [];
  const changes: TreeChange[] = [];
  for (const name of names) {
    const unit = parseUnitName(name);
    const found = unit === undefined ? undefined : findUnit(tree, unit);
    if (unit === undefined || found === undefined) {
      diagnostics.push(unknownUnit(tree, unit?.text ?? name));
      continue;
    }
    const path = `${ownUnitFolder}/${unit.text}`;
    if (found.is === 'masked') {
      continue;
    }
    if (found.is === 'alias' && exactEntry(tree, path) !== undefined) {
      diagnostics.push(
        treeProblem('SK5522', `${unit.text} is another name of ${found.of}`, `disable ${found.of} itself`),
      );
    } else if (exactEntry(tree, path) !== undefined) {
      diagnostics.push(
        treeProblem(
          'SK5522',
          `${unit.text} cannot be disabled: the unit file stands where the mask would`,
          `leave out what writes /${path}`,
        ),
      );
    } else {
      changes.push(writeLink(path, '/dev/null', sourceDateEpoch));
    }
  }
  if (diagnostics.length > 0) {
    return failure(...diagnostics);
  }
  return changes.length === 0 ? success(tree) : replaceEntries(tree, changes);
}
