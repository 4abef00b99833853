import { failure, type Result, success } from '../../model/result.ts';
import type { TreeChange } from '../../tree/replace-entries.ts';
import type { Tree, TreeFile } from '../../tree/tree.ts';
import { treeProblem } from '../../tree/tree-problem.ts';
import {
  type AccountFile,
  type AccountTable,
  accountFileFields,
  formatAccountTable,
  parseAccountTable,
} from './account-table.ts';
import type { Accounts } from './add-accounts.ts';
import { textAt, writeText } from './tree-text.ts';

/** The account files of a tree, parsed, and the entries that they were read from. */
export interface AccountFiles {
  readonly accounts: Accounts;
  readonly files: ReadonlyMap<AccountFile, TreeFile>;
}

const required: readonly AccountFile[] = ['etc/passwd', 'etc/group', 'etc/shadow'];

/** Reads all account files. passwd, group and shadow must be there (SK5501); the others may be missing. */
export function readAccountFiles(tree: Tree): Result<AccountFiles> {
  const accounts = new Map<AccountFile, AccountTable>();
  const files = new Map<AccountFile, TreeFile>();
  for (const name of accountFileNames()) {
    const found = textAt(tree, name);
    if (!found.ok) {
      return found;
    }
    if (found.value === null) {
      if (required.includes(name)) {
        return failure(
          treeProblem(
            'SK5501',
            `the image has no /${name}, so accounts cannot be written`,
            'build on a tree that has the packages base-passwd and passwd',
          ),
        );
      }
      continue;
    }
    const table = parseAccountTable(found.value.text, name);
    if (!table.ok) {
      return table;
    }
    accounts.set(name, table.value);
    files.set(name, found.value.file);
  }
  return success({ accounts, files });
}

/** The changes that write the tables that differ, each with the mode and owner that its file has. */
export function writeAccountFiles(
  before: AccountFiles,
  after: Accounts,
  sourceDateEpoch: number,
): readonly TreeChange[] {
  return accountFileNames().flatMap((name) => {
    const [old, table] = [before.accounts.get(name), after.get(name)];
    const text = table === undefined ? undefined : formatAccountTable(table);
    return text === undefined || old === undefined || text === formatAccountTable(old)
      ? []
      : [writeText(name, text, sourceDateEpoch, before.files.get(name))];
  });
}

function accountFileNames(): readonly AccountFile[] {
  return Object.keys(accountFileFields).filter((name): name is AccountFile =>
    Object.hasOwn(accountFileFields, name),
  );
}
