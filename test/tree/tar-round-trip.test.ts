import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstDifference } from '../../src/tree/compare-trees.ts';
import { readTree } from '../../src/tree/read-tree.ts';
import { writeTree } from '../../src/tree/write-tree.ts';
import { expectValue } from '../rig/expect-result.ts';
import { randomTree } from '../rig/random-tree.ts';
import { file, folder, hardLink, link, treeOf } from '../rig/tree-builder.ts';

let scratch: string;
let counter = 0;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'tree-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function freshPath(): string {
  counter++;
  return join(scratch, `${counter}.tar`);
}

describe('a tree written and read again', () => {
  test('is the same tree, whatever its names, owners and sizes', async () => {
    await fc.assert(
      fc.asyncProperty(randomTree, async (tree) => {
        const path = freshPath();
        expectValue(await writeTree(tree, path));
        expect(firstDifference(tree, expectValue(await readTree(path)))).toBeUndefined();
        rmSync(path);
      }),
      { numRuns: 150 },
    );
  });

  test('has the same bytes the second time', async () => {
    const tree = treeOf(
      file('b', 'x'.repeat(3_000_000)),
      hardLink('z', 'b'),
      link('c', 'b'),
      folder('d', { mode: 0o1777 }),
    );
    const first = freshPath();
    const second = freshPath();
    const written = expectValue(await writeTree(tree, first));
    expect(expectValue(await writeTree(expectValue(await readTree(first)), second))).toEqual(written);
  });
});

describe('GNU tar', () => {
  test('lists what was written, attributes and long names included', async () => {
    const long = `${'d'.repeat(90)}/${'f'.repeat(90)}`;
    const path = freshPath();
    const tree = treeOf(
      file('bin/ping', 'elf', { mode: 0o4755, attributes: new Map([['user.note', Buffer.from('hello')]]) }),
      file(long, 'deep', { uid: 3_000_000 }),
      hardLink('zz', long),
      link('ä', `../${'t'.repeat(150)}`),
    );
    expectValue(await writeTree(tree, path));
    const listed = execFileSync(
      'tar',
      ['--numeric-owner', '--xattrs', '--xattrs-include=*', '--quoting-style=literal', '-tvvf', path],
      {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
      },
    );
    expect(listed).toContain('-rwsr-xr-x* 0/0               3 2023-11-14 22:13 bin/ping');
    expect(listed).toContain('user.note');
    expect(listed).toContain(`3000000/0 `);
    expect(listed).toContain(`zz link to ${long}`);
    expect(listed).toContain(`ä -> ../${'t'.repeat(150)}`);
  });

  test.each(['pax', 'gnu', 'posix', 'ustar'])(
    'written in %s format is read as the tree that was extracted from',
    async (format) => {
      const source = freshPath();
      const tree = treeOf(
        file('etc/motd', 'welcome\n'),
        file(`etc/${'n'.repeat(80)}/${'m'.repeat(60)}`, 'long'),
        file('usr/bin/perl', 'p', { mode: 0o755 }),
        hardLink('usr/bin/perl5', 'usr/bin/perl'),
        link('bin', 'usr/bin'),
        folder('tmp', { mode: 0o1777 }),
      );
      expectValue(await writeTree(tree, source));
      const extracted = `${source}.d`;
      execFileSync('mkdir', [extracted]);
      execFileSync('tar', ['-xpf', source, '-C', extracted]);
      const again = freshPath();
      execFileSync('tar', [
        `--format=${format}`,
        '--owner=0',
        '--group=0',
        '--numeric-owner',
        '-cf',
        again,
        '-C',
        extracted,
        '.',
      ]);
      expect(firstDifference(tree, expectValue(await readTree(again)))).toBeUndefined();
    },
  );
});

test('writing over an existing file is refused and leaves it', async () => {
  const path = freshPath();
  writeFileSync(path, 'mine');
  expect((await writeTree(treeOf(), path)).ok).toBe(false);
  expect(execFileSync('cat', [path], { encoding: 'utf8' })).toBe('mine');
});

test('a source that became shorter is a diagnostic and leaves no file', async () => {
  const source = freshPath();
  writeFileSync(source, 'short');
  const tree = treeOf(file('a', '', { sizeBytes: 10, content: { at: 'file', path: source, offset: 0 } }));
  const target = freshPath();
  expect(await writeTree(tree, target)).toMatchObject({ ok: false, diagnostics: [{ code: 'SK5010' }] });
  expect(() => execFileSync('test', ['-e', target])).toThrow();
});
