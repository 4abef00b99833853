import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeclaredUser } from '../../../src/stages/customise/add-accounts.ts';
import { addUsers } from '../../../src/stages/customise/add-users.ts';
import { exactEntry } from '../../../src/tree/entry-at.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { accountTexts, epoch, smallDebianTree } from '../../rig/small-debian-tree.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';
import { file, folder, hardLink, link, treeOf } from '../../rig/tree-builder.ts';
import { textOf } from '../../rig/tree-text.ts';

function user(name: string, more: Partial<DeclaredUser> = {}): DeclaredUser {
  return { name, uid: null, shell: '/bin/bash', home: `/home/${name}`, groups: [], ...more };
}

describe('adding users', () => {
  it.skipIf(process.getuid?.() !== 0)('writes the account files as useradd of the host writes them', () => {
    const prefix = temporaryFolder();
    mkdirSync(join(prefix, 'etc'));
    for (const [path, text] of Object.entries(accountTexts)) {
      writeFileSync(join(prefix, path), text);
    }
    writeFileSync(join(prefix, 'etc/login.defs'), 'PASS_MIN_DAYS 0\nPASS_MAX_DAYS 99999\nPASS_WARN_AGE 7\n');
    const users = [
      user('analyst', { groups: ['sudo', 'users'] }),
      user('five', { uid: 1005 }),
      user('six', { shell: '/bin/sh', home: '/srv/six', groups: ['analyst'] }),
    ];
    for (const { name, shell, home, uid, groups } of users) {
      execFileSync(
        'useradd',
        [
          ['--prefix', prefix],
          ['--no-create-home', '--home-dir', home, '--shell', shell],
          // useradd goes on after the highest number, this program takes the lowest free one.
          ['--uid', String(uid ?? (name === 'six' ? 1001 : 1000)), '--user-group'],
          groups.length === 0 ? [] : ['--groups', groups.join(',')],
          [name],
        ].flat(),
        { env: { ...process.env, SOURCE_DATE_EPOCH: String(epoch) }, stdio: 'pipe' },
      );
    }
    const tree = expectValue(addUsers(smallDebianTree(), users, epoch));
    for (const path of Object.keys(accountTexts)) {
      expect(textOf(tree, path), path).toBe(readFileSync(join(prefix, path), 'utf8'));
    }
  });

  it('makes a home folder with the skeleton, owned by the user', () => {
    const tree = expectValue(
      addUsers(
        smallDebianTree(hardLink('etc/skel/.again', 'etc/skel/.profile'), link('etc/skel/out', '/etc/motd')),
        [user('analyst', { home: '/srv/people/analyst' })],
        epoch,
      ),
    );
    expect(exactEntry(tree, 'srv/people')).toMatchObject({ type: 'folder', mode: 0o755, uid: 0 });
    expect(exactEntry(tree, 'srv/people/analyst')).toMatchObject({ mode: 0o700, uid: 1000, gid: 1000 });
    expect(exactEntry(tree, 'srv/people/analyst/.profile')).toMatchObject({
      uid: 1000,
      gid: 1000,
      mode: 0o644,
    });
    expect(exactEntry(tree, 'srv/people/analyst/out')).toMatchObject({ target: '/etc/motd', uid: 1000 });
    expect(textOf(tree, 'srv/people/analyst/.again')).toBe('profile\n');
    expect(textOf(tree, 'etc/skel/.profile')).toBe('profile\n');
  });

  it('keeps mode and owner of the account files', () => {
    const tree = expectValue(addUsers(smallDebianTree(), [user('analyst')], epoch));
    expect(exactEntry(tree, 'etc/shadow')).toMatchObject({ mode: 0o640, gid: 42, modifiedAt: epoch });
  });

  it('leaves a home folder that is there as it is', () => {
    const tree = expectValue(
      addUsers(
        smallDebianTree(folder('srv/data', { mode: 0o2775, gid: 100 })),
        [user('a', { home: '/srv/data' })],
        epoch,
      ),
    );
    expect(exactEntry(tree, 'srv/data')).toMatchObject({ mode: 0o2775, uid: 0, gid: 100 });
    expect(exactEntry(tree, 'srv/data/.profile')).toBeUndefined();
  });

  it('changes nothing for a user who is there and is the same', () => {
    const users = [user('analyst', { groups: ['sudo'] }), user('five', { uid: 1005 })];
    const once = expectValue(addUsers(smallDebianTree(), users, epoch));
    expect(expectValue(addUsers(once, users, epoch + 86_400)).entries).toEqual(once.entries);
  });

  it('refuses a user who is there and differs', () => {
    const once = expectValue(addUsers(smallDebianTree(), [user('analyst')], epoch));
    for (const other of [
      user('analyst', { uid: 1001 }),
      user('analyst', { shell: '/bin/sh' }),
      user('analyst', { home: '/srv' }),
      user('analyst', { groups: ['sudo'] }),
      user('root'),
    ]) {
      expect(expectCodes(addUsers(once, [other], epoch))).toEqual(['SK5502']);
    }
  });

  it('tells every problem of every user at once', () => {
    const codes = expectCodes(
      addUsers(
        smallDebianTree(),
        [
          user('daemon2', { uid: 65_534 }),
          user('sudo'),
          user('a', { groups: ['wheel', 'docker'] }),
          user('b', { uid: 1500 }),
          user('c', { uid: 1500 }),
          user('b'),
        ],
        epoch,
      ),
    );
    expect(codes.toSorted()).toEqual(['SK5502', 'SK5502', 'SK5503', 'SK5503', 'SK5504', 'SK5504']);
  });

  it('refuses shells that are not there, and colons and files in the way of a home', () => {
    const tree = smallDebianTree(file('srv', 'a file'));
    for (const wrong of [
      user('a', { shell: '/bin/zsh' }),
      user('a', { home: '/home/a:0:0' }),
      user('a', { home: '/srv/a' }),
      user('a', { home: '/etc/passwd' }),
    ]) {
      expect(expectCodes(addUsers(tree, [wrong], epoch))).toEqual(['SK5505']);
    }
  });

  it('never takes a number that another user of the spec declares', () => {
    const tree = expectValue(
      addUsers(smallDebianTree(), [user('a'), user('b', { uid: 1000 }), user('c')], epoch),
    );
    expect(textOf(tree, 'etc/passwd')).toMatch(/a:x:1001:1001:.*\nb:x:1000:1000:.*\nc:x:1002:1002:/);
  });

  it('gives unique ids in range, whatever numbers are declared and taken', () => {
    const numbers = fc.option(fc.integer({ min: 1000, max: 1012 }), { nil: null });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1000, max: 1010 }), { maxLength: 5 }),
        fc.uniqueArray(numbers, { maxLength: 8, comparator: (a, b) => a !== null && a === b }),
        (groupIds, uids) => {
          const groups = groupIds.map((gid) => `g${gid}:x:${gid}:\n`).join('');
          const before = smallDebianTree(file('etc/group', accountTexts['etc/group'] + groups));
          const users = uids.map((uid, index) => user(`u${index}`, { uid }));
          const tree = expectValue(addUsers(before, users, epoch));
          const rows = textOf(tree, 'etc/passwd')
            .split('\n')
            .slice(3, -1)
            .map((line) => line.split(':'));
          const groupRows = textOf(tree, 'etc/group')
            .split('\n')
            .slice(0, -1)
            .map((line) => line.split(':'));
          expect(rows.map((row) => row[0])).toEqual(users.map(({ name }) => name));
          expect(new Set(rows.map((row) => row[2])).size).toBe(rows.length);
          expect(new Set(groupRows.map((row) => row[2])).size).toBe(groupRows.length);
          for (const [index, uid] of uids.entries()) {
            expect(Number(rows[index]?.[2])).toBeGreaterThanOrEqual(1000);
            expect(uid === null || rows[index]?.[2] === String(uid)).toBe(true);
          }
          expect(expectValue(addUsers(tree, users, epoch)).entries).toEqual(tree.entries);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('hostile account files', () => {
  it('are diagnosed when they are missing', () => {
    for (const path of ['etc/passwd', 'etc/group', 'etc/shadow']) {
      const entries = smallDebianTree().entries.filter((entry) => entry.path !== path);
      expect(expectCodes(addUsers({ entries }, [user('a')], epoch))).toEqual(['SK5501']);
    }
  });

  it('are diagnosed when they are malformed', () => {
    for (const line of [
      'a:x:1',
      'a:x:one:1::/:/bin/sh',
      ':x:1:1::/:/bin/sh',
      '\n',
      'a:x:-1:1::/:/x',
      '+::::::',
    ]) {
      const tree = smallDebianTree(file('etc/passwd', `${accountTexts['etc/passwd']}${line}\n`));
      expect(expectCodes(addUsers(tree, [user('b')], epoch)), line).toEqual(['SK5501']);
    }
  });

  it('are diagnosed when they are too large, binary, links or folders', () => {
    for (const entry of [
      file('etc/passwd', 'x'.repeat(1024 * 1024 + 1)),
      file('etc/passwd', Buffer.from([0x72, 0xff, 0xfe])),
      file('etc/passwd', 'root:x:0:0:\0:/root:/bin/sh\n'),
      link('etc/passwd', '/etc/group'),
      folder('etc/passwd'),
    ]) {
      const rest = smallDebianTree().entries.filter(({ path }) => path !== 'etc/passwd');
      expect(expectCodes(addUsers(treeOf(...rest, entry), [user('b')], epoch))).toEqual(['SK5500']);
    }
  });

  it('may lack what useradd can do without', () => {
    const optional = ['etc/gshadow', 'etc/subuid', 'etc/subgid'];
    const entries = smallDebianTree().entries.filter((entry) => !optional.includes(entry.path));
    const tree = expectValue(addUsers({ entries }, [user('a')], epoch));
    expect(optional.map((path) => exactEntry(tree, path))).toEqual([undefined, undefined, undefined]);
  });
});
