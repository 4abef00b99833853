import type { Diagnostic } from '../../model/diagnostic.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { entriesBelow } from '../../tree/entries-below.ts';
import { exactEntry, realPath } from '../../tree/entry-at.ts';
import { fileAt } from '../../tree/read-text.ts';
import { replaceEntries, type TreeChange } from '../../tree/replace-entries.ts';
import type { Tree } from '../../tree/tree.ts';
import { treeProblem } from '../../tree/tree-problem.ts';
import { readAccountFiles, writeAccountFiles } from './account-files.ts';
import { type AddedUser, addAccounts, type DeclaredUser } from './add-accounts.ts';

const skeleton = 'etc/skel';

/**
 * Adds the users of a spec: account lines ({@link addAccounts}), and a home folder (mode 0700, as adduser of Debian
 * 12 makes it) with a copy of /etc/skel. A home folder that is there already stays as it is. SK5505 where a shell
 * is not in the tree or a home cannot be made.
 */
export function addUsers(tree: Tree, users: readonly DeclaredUser[], sourceDateEpoch: number): Result<Tree> {
  if (users.length === 0) {
    return success(tree);
  }
  const wrong = users.flatMap((user) => shellProblems(tree, user));
  if (wrong.length > 0) {
    return failure(...wrong);
  }
  const files = readAccountFiles(tree);
  if (!files.ok) {
    return files;
  }
  const result = addAccounts(files.value.accounts, users, sourceDateEpoch);
  if (!result.ok) {
    return result;
  }
  const changes: TreeChange[] = [...writeAccountFiles(files.value, result.value.accounts, sourceDateEpoch)];
  for (const user of result.value.added) {
    const home = homeFolder(tree, user, sourceDateEpoch);
    if (!home.ok) {
      return home;
    }
    changes.push(...home.value);
  }
  return changes.length === 0 ? success(tree) : replaceEntries(tree, changes);
}

function shellProblems(tree: Tree, user: DeclaredUser): readonly Diagnostic[] {
  const withColon = [user.home, user.shell].find((path) => /[:\n]/.test(path));
  if (withColon !== undefined) {
    return [
      treeProblem(
        'SK5505',
        `user ${user.name} cannot have the path ${JSON.stringify(withColon)}: a colon ends a field of /etc/passwd`,
        'choose a path without colons',
      ),
    ];
  }
  return fileAt(tree, user.shell) === undefined
    ? [
        treeProblem(
          'SK5505',
          `the shell ${user.shell} of user ${user.name} is not in the image`,
          'install the package that brings it, or choose another shell',
        ),
      ]
    : [];
}

function homeFolder(tree: Tree, user: AddedUser, sourceDateEpoch: number): Result<readonly TreeChange[]> {
  const path = realPath(tree, user.home, { followLast: false });
  const existing = path === undefined ? undefined : exactEntry(tree, path);
  if (path === undefined || (existing !== undefined && existing.type !== 'folder')) {
    return failure(
      treeProblem(
        'SK5505',
        `the home ${user.home} of user ${user.name} cannot be made: something that is no folder is in its way`,
        'choose another home',
      ),
    );
  }
  if (existing !== undefined) {
    return success([]);
  }
  const { uid, gid } = user;
  const changes: TreeChange[] = [
    { set: { type: 'folder', path, mode: 0o700, uid, gid, modifiedAt: sourceDateEpoch } },
  ];
  for (const entry of entriesBelow(tree, skeleton)) {
    const copy = entry.type === 'hard-link' ? fileAt(tree, entry.path) : entry;
    if (copy !== undefined) {
      const { attributes: _, ...plain } = copy;
      changes.push({ set: { ...plain, path: `${path}${entry.path.slice(skeleton.length)}`, uid, gid } });
    }
  }
  return success(changes);
}
