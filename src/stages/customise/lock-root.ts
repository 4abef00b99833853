import { failure, type Result } from '../../model/result.ts';
import { fileAt } from '../../tree/read-text.ts';
import { replaceEntries } from '../../tree/replace-entries.ts';
import type { Tree } from '../../tree/tree.ts';
import { treeProblem } from '../../tree/tree-problem.ts';
import { readAccountFiles, writeAccountFiles } from './account-files.ts';
import type { AccountFile, AccountTable } from './account-table.ts';

const noShell = '/usr/sbin/nologin';

/**
 * Leaves root without password (`!*`: neither a hash nor unlocked by mistake) and with a shell that refuses.
 * SK5501 where root has no account line, SK5505 where /usr/sbin/nologin is not in the tree.
 */
export function lockRoot(tree: Tree, sourceDateEpoch: number): Result<Tree> {
  const files = readAccountFiles(tree);
  if (!files.ok) {
    return files;
  }
  if (fileAt(tree, noShell) === undefined) {
    return failure(
      treeProblem('SK5505', `root cannot be locked: ${noShell} is not in the image`, 'add the package login'),
    );
  }
  const accounts = new Map(files.value.accounts);
  for (const [file, column, value] of rootFields) {
    const table = withRootField(accounts.get(file) ?? [], column, value);
    if (table === undefined) {
      return failure(
        treeProblem(
          'SK5501',
          `root has no line in /${file} of the image`,
          'build on a tree with base-passwd',
        ),
      );
    }
    accounts.set(file, table);
  }
  return replaceEntries(tree, writeAccountFiles(files.value, accounts, sourceDateEpoch));
}

const rootFields: readonly (readonly [AccountFile, number, string])[] = [
  ['etc/shadow', 1, '!*'],
  ['etc/passwd', 6, noShell],
];

function withRootField(table: AccountTable, column: number, value: string): AccountTable | undefined {
  return table.some((row) => row[0] === 'root')
    ? table.map((row) => (row[0] === 'root' ? row.with(column, value) : row))
    : undefined;
}
