import type { Diagnostic } from '../../model/diagnostic.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { treeProblem } from '../../tree/tree-problem.ts';
import type { AccountFile, AccountTable } from './account-table.ts';
import { subordinateRange } from './subordinate-range.ts';

/** A user as a spec declares it, defaults filled in. */
export type DeclaredUser = {
  readonly name: string;
  /** Null: the lowest free number. */
  readonly uid: number | null;
  readonly shell: string;
  readonly home: string;
  readonly groups: readonly string[];
};

/** The account files of a tree. shadow, gshadow, subuid and subgid are kept up only where they are there. */
export type Accounts = ReadonlyMap<AccountFile, AccountTable>;

export interface AccountsWithUsers {
  readonly accounts: Accounts;
  /** Users that were not there before, in the order of the spec. */
  readonly added: readonly AddedUser[];
}

export interface AddedUser extends DeclaredUser {
  readonly uid: number;
  readonly gid: number;
}

const firstUserNumber = 1000;
const lastUserNumber = 59_999;

/**
 * Adds users in the order of the spec, as useradd(8) of Debian 12 writes them: locked password, own group, one
 * range of subordinate ids where /etc/subuid and /etc/subgid are there. A user without `uid` gets the lowest
 * number from 1000 that is neither a user's nor a group's nor declared for another user. A user who is there
 * already and is the same stays; SK5502 where it differs, SK5503 for a group that is not there, SK5504 for a
 * number that is taken.
 */
export function addAccounts(
  before: Accounts,
  users: readonly DeclaredUser[],
  sourceDateEpoch: number,
): Result<AccountsWithUsers> {
  const tables = new Map<AccountFile, (readonly string[])[]>();
  for (const [file, table] of before) {
    tables.set(file, [...table]);
  }
  const passwd = tables.get('etc/passwd') ?? [];
  const group = tables.get('etc/group') ?? [];
  const usedUids = numbersOf(passwd, 2);
  const usedGids = numbersOf(group, 2);
  const declaredUids = new Set(users.flatMap((user) => (user.uid === null ? [] : [user.uid])));
  const lastChangeDay = String(Math.floor(sourceDateEpoch / 86_400));
  const diagnostics: Diagnostic[] = [];
  const added: AddedUser[] = [];

  for (const user of users) {
    const existing = passwd.find((row) => row[0] === user.name);
    if (existing !== undefined) {
      diagnostics.push(...differences(user, existing, group, added));
      continue;
    }
    if (group.some((row) => row[0] === user.name)) {
      diagnostics.push(
        treeProblem(
          'SK5502',
          `user ${user.name} cannot get its own group: a group of that name is there already`,
          'choose another user name',
        ),
      );
      continue;
    }
    if (user.uid !== null && usedUids.has(user.uid)) {
      diagnostics.push(
        treeProblem(
          'SK5504',
          `uid ${user.uid} of user ${user.name} is taken`,
          'leave uid out, or choose another',
        ),
      );
      continue;
    }
    const uid =
      user.uid ??
      lowestFree((number) => usedUids.has(number) || usedGids.has(number) || declaredUids.has(number));
    const gid = uid === undefined || !usedGids.has(uid) ? uid : lowestFree((number) => usedGids.has(number));
    if (uid === undefined || gid === undefined) {
      diagnostics.push(
        treeProblem(
          'SK5504',
          `no number from ${firstUserNumber} to ${lastUserNumber} is free for user ${user.name}`,
          'remove users',
        ),
      );
      continue;
    }
    usedUids.add(uid);
    usedGids.add(gid);
    passwd.push([user.name, 'x', String(uid), String(gid), '', user.home, user.shell]);
    group.push([user.name, 'x', String(gid), '']);
    tables.get('etc/shadow')?.push([user.name, '!', lastChangeDay, '0', '99999', '7', '', '', '']);
    tables.get('etc/gshadow')?.push([user.name, '!', '', '']);
    for (const file of ['etc/subuid', 'etc/subgid'] as const) {
      const table = tables.get(file);
      table?.push(subordinateRange(table, user.name));
    }
    added.push({ ...user, uid, gid });
  }
  for (const user of added) {
    for (const groupName of user.groups) {
      if (!addMember(tables.get('etc/group'), groupName, user.name)) {
        diagnostics.push(unknownGroup(user.name, groupName));
      }
      addMember(tables.get('etc/gshadow'), groupName, user.name);
    }
  }
  return diagnostics.length === 0 ? success({ accounts: tables, added }) : failure(...diagnostics);
}

/** What an existing account has otherwise than declared. */
function differences(
  user: DeclaredUser,
  row: readonly string[],
  group: AccountTable,
  added: readonly AddedUser[],
): readonly Diagnostic[] {
  if (added.some((other) => other.name === user.name)) {
    return [treeProblem('SK5502', `user ${user.name} is declared twice`, 'remove one of the two')];
  }
  const found: string[] = [];
  if (user.uid !== null && row[2] !== String(user.uid)) {
    found.push(`uid ${row[2]}, not ${user.uid}`);
  }
  if (row[5] !== user.home) {
    found.push(`home ${row[5]}, not ${user.home}`);
  }
  if (row[6] !== user.shell) {
    found.push(`shell ${row[6]}, not ${user.shell}`);
  }
  for (const groupName of user.groups) {
    const groupRow = group.find((candidate) => candidate[0] === groupName);
    const isMember =
      membersOf(groupRow).includes(user.name) || (groupRow !== undefined && groupRow[2] === row[3]);
    if (!isMember) {
      found.push(`no membership of ${groupName}`);
    }
  }
  return found.length === 0
    ? []
    : [
        treeProblem(
          'SK5502',
          `user ${user.name} is in the image already and differs: ${found.join('; ')}`,
          'declare the user as it is, or choose another name',
        ),
      ];
}

function unknownGroup(userName: string, groupName: string): Diagnostic {
  return treeProblem(
    'SK5503',
    `user ${userName} cannot join group ${groupName}: the image has no such group`,
    'install the package that makes the group, or leave it out',
  );
}

function numbersOf(table: AccountTable, column: number): Set<number> {
  return new Set(table.map((row) => Number(row[column])));
}

function lowestFree(isTaken: (number: number) => boolean): number | undefined {
  for (let number = firstUserNumber; number <= lastUserNumber; number++) {
    if (!isTaken(number)) {
      return number;
    }
  }
  return undefined;
}

function membersOf(row: readonly string[] | undefined): readonly string[] {
  return (row?.[3] ?? '').split(',').filter((member) => member !== '');
}

function addMember(table: (readonly string[])[] | undefined, groupName: string, member: string): boolean {
  const index = table?.findIndex((row) => row[0] === groupName) ?? -1;
  const row = table?.[index];
  if (table === undefined || row === undefined) {
    return false;
  }
  table[index] = [...row.slice(0, 3), [...new Set([...membersOf(row), member])].join(',')];
  return true;
}
