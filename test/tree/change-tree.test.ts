import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareCodePoints } from '../../src/model/json.ts';
import { differences, firstDifference } from '../../src/tree/compare-trees.ts';
import { entryAt, exactEntry, realPath } from '../../src/tree/entry-at.ts';
import { normaliseTree } from '../../src/tree/normalise-tree.ts';
import { parentPath } from '../../src/tree/plain-folder.ts';
import { readText } from '../../src/tree/read-text.ts';
import { replaceEntries } from '../../src/tree/replace-entries.ts';
import { expectCodes, expectValue } from '../rig/expect-result.ts';
import { randomChange, randomTree } from '../rig/random-tree.ts';
import { file, folder, hardLink, link, treeOf } from '../rig/tree-builder.ts';

describe('changing entries', () => {
  test('keeps order, parents and hard links of any tree', () => {
    fc.assert(
      fc.property(randomTree, fc.array(randomChange, { maxLength: 4 }), (tree, changes) => {
        const before = JSON.stringify(tree.entries.map((entry) => entry.path));
        const changed = replaceEntries(tree, changes);
        expect(JSON.stringify(tree.entries.map((entry) => entry.path))).toBe(before);
        if (!changed.ok) {
          return;
        }
        const { entries } = changed.value;
        for (const [index, entry] of entries.entries()) {
          expect(
            index === 0
              ? entry.path === ''
              : compareCodePoints(entries[index - 1]?.path ?? '', entry.path) < 0,
          ).toBe(true);
          expect(exactEntry(changed.value, parentPath(entry.path))?.type).toBe('folder');
          if (entry.type === 'hard-link') {
            expect(exactEntry(changed.value, entry.target)?.type).toBe('file');
            expect(compareCodePoints(entry.target, entry.path)).toBe(-1);
          }
        }
      }),
    );
  });

  test('removing the first name of a file keeps its bytes under the next one', () => {
    const tree = expectValue(
      replaceEntries(treeOf(file('a', 'text'), hardLink('b', 'a'), hardLink('c', 'a')), [{ remove: 'a' }]),
    );
    expect(tree.entries.slice(1)).toMatchObject([
      { path: 'b', type: 'file', sizeBytes: 4 },
      { path: 'c', type: 'hard-link', target: 'b' },
    ]);
  });

  test('setting one name of a file leaves the others as they were', () => {
    const tree = expectValue(
      replaceEntries(treeOf(file('a', 'old'), hardLink('b', 'a')), [{ set: file('a', 'new') }]),
    );
    expect([readText(tree, 'a', 10), readText(tree, 'b', 10)]).toEqual(['new', 'old']);
  });

  test('a folder over a folder keeps what is in it, a file over a folder does not', () => {
    const tree = treeOf(file('d/e/f'));
    const both = [{ set: folder('d', { mode: 0o700 }) }, { set: file('d/e') }];
    expect(expectValue(replaceEntries(tree, both)).entries.map((entry) => [entry.path, entry.type])).toEqual([
      ['', 'folder'],
      ['d', 'folder'],
      ['d/e', 'file'],
    ]);
  });

  test('what lies below a link or names no file is refused', () => {
    const tree = treeOf(link('bin', 'usr/bin'), folder('usr/bin'));
    expect(expectCodes(replaceEntries(tree, [{ set: file('bin/x') }]))).toEqual(['SK5011']);
    expect(expectCodes(replaceEntries(tree, [{ set: hardLink('x', 'usr/bin') }]))).toEqual(['SK5012']);
    expect(expectCodes(replaceEntries(tree, [{ set: file('a/../b') }]))).toEqual(['SK5012']);
    expect(expectCodes(replaceEntries(tree, [{ remove: '' }]))).toEqual(['SK5012']);
  });
});

describe('looking up a path', () => {
  const tree = treeOf(
    link('bin', 'usr/bin'),
    link('usr/bin/sh', 'dash'),
    file('usr/bin/dash', 'elf'),
    hardLink('usr/bin/dash2', 'usr/bin/dash'),
    link('etc/out', '../../../etc/passwd'),
    file('etc/passwd', 'root:x:0:0\n'),
    link('loop', 'loop2'),
    link('loop2', '/loop'),
    link('abs', '/etc'),
  );

  test('follows links as the running image would', () => {
    expect(entryAt(tree, '/bin/sh')?.path).toBe('usr/bin/dash');
    expect(entryAt(tree, 'abs/out')?.path).toBe('etc/passwd');
    expect(entryAt(tree, '')?.path).toBe('');
    expect(readText(tree, 'bin/dash2', 10)).toBe('elf');
    expect(readText(tree, 'bin/sh', 2)).toBeUndefined();
    expect(entryAt(tree, 'etc/passwd/x')).toBeUndefined();
    expect(entryAt(tree, 'none')).toBeUndefined();
  });

  test('gives up in a loop', () => {
    expect(entryAt(tree, 'loop')).toBeUndefined();
    expect(realPath(tree, 'loop/x', { followLast: false })).toBeUndefined();
  });

  test('says where a new file goes', () => {
    expect(realPath(tree, 'bin/new', { followLast: false })).toBe('usr/bin/new');
    expect(realPath(tree, 'bin/sh', { followLast: false })).toBe('usr/bin/sh');
    expect(realPath(tree, 'abs/a/b', { followLast: false })).toBe('etc/a/b');
    expect(realPath(tree, 'etc/passwd/x', { followLast: false })).toBeUndefined();
  });
});

describe('normalising', () => {
  const sourceDateEpoch = 1_600_000_000;
  const dirty = treeOf(
    file('etc/machine-id', '0123\n'),
    file('etc/hostname', 'buildhost\n'),
    file('etc/ssh/ssh_host_rsa_key', 'secret'),
    file('etc/ssh/ssh_config', 'keep'),
    file('var/log/dpkg.log', 'today'),
    folder('var/log/apt'),
    file('var/cache/apt/pkgcache.bin', 'x'),
    folder('var/cache/apt/archives/partial'),
    file('var/lib/dpkg/status-old', 'x'),
    link('dev/fd', '/proc/self/fd'),
    file('a/cache', 'x', { modifiedAt: 5 }),
  );

  test('drops what differs from build to build and keeps the rest', () => {
    const tree = normaliseTree(dirty, { sourceDateEpoch });
    expect(
      tree.entries.filter((entry) => entry.type !== 'folder').map((entry) => [entry.path, entry.modifiedAt]),
    ).toEqual([
      ['a/cache', 5],
      ['etc/machine-id', sourceDateEpoch],
      ['etc/ssh/ssh_config', sourceDateEpoch],
    ]);
    expect(readText(tree, 'etc/machine-id', 10)).toBe('');
    expect(exactEntry(tree, 'dev')?.type).toBe('folder');
    expect(exactEntry(tree, 'var/cache/apt/archives/partial')?.type).toBe('folder');
  });

  test('keeps what the parent declared', () => {
    const parent = treeOf(file('etc/hostname', 'lab\n', { modifiedAt: 7 }));
    expect(readText(normaliseTree(dirty, { sourceDateEpoch, parent }), 'etc/hostname', 10)).toBe('lab\n');
  });

  test('twice changes nothing more', () => {
    fc.assert(
      fc.property(randomTree, (tree) => {
        const once = normaliseTree(tree, { sourceDateEpoch });
        expect(firstDifference(once, normaliseTree(once, { sourceDateEpoch }))).toBeUndefined();
      }),
    );
  });
});

describe('comparing', () => {
  test('names the first path that differs, and what', () => {
    const left = treeOf(
      file('a', 'same'),
      file('b', 'left!'),
      file('c'),
      link('l', 'x'),
      file('m', '', { attributes: new Map([['user.a', Buffer.from('1')]]) }),
    );
    const right = treeOf(
      file('a', 'same'),
      file('b', 'lefty'),
      file('d'),
      link('l', 'y'),
      file('m', '', { mode: 0o600 }),
    );
    expect(firstDifference(left, right)).toEqual({ path: 'b', what: 'content at byte 4' });
    expect([...differences(left, right)].map(({ path, what }) => `${path}: ${what}`)).toEqual([
      'b: content at byte 4',
      'c: only in the first',
      'd: only in the second',
      'l: link to "x" → "y"',
      'm: mode 0644 → 0600',
    ]);
  });
});

test('compareCodePoints orders as UTF-8 bytes do', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.string({ unit: 'binary', maxLength: 6 }),
      (left, right) => {
        expect(compareCodePoints(left, right)).toBe(
          Math.sign(Buffer.compare(Buffer.from(left), Buffer.from(right))),
        );
      },
    ),
    { numRuns: 2000 },
  );
});
