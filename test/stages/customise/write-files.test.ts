import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asDigest } from '../../../src/model/digest.ts';
import type { DeclaredFile } from '../../../src/stages/customise/customise-input.ts';
import { writeFiles } from '../../../src/stages/customise/write-files.ts';
import { exactEntry, realPath } from '../../../src/tree/entry-at.ts';
import { readContent } from '../../../src/tree/read-text.ts';
import type { Tree } from '../../../src/tree/tree.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { randomTree } from '../../rig/random-tree.ts';
import { epoch, smallDebianTree } from '../../rig/small-debian-tree.ts';
import { file, folder, hardLink, link, treeOf } from '../../rig/tree-builder.ts';
import { textOf } from '../../rig/tree-text.ts';

function declared(path: string, more: Partial<DeclaredFile> = {}): DeclaredFile {
  return { path, mode: 0o644, user: 'root', group: 'root', content: { text: 'new\n' }, ...more };
}

function write(tree: Tree, ...files: readonly DeclaredFile[]) {
  return writeFiles(tree, files, { blobs: new Map(), sourceDateEpoch: epoch });
}

describe('writing files', () => {
  it('makes missing parents root:root 0755 and gives exactly the declared mode', () => {
    const tree = expectValue(write(smallDebianTree(), declared('/opt/a/b/tool', { mode: 0o4755 })));
    expect(exactEntry(tree, 'opt/a/b')).toMatchObject({ type: 'folder', mode: 0o755, uid: 0, gid: 0 });
    expect(exactEntry(tree, 'opt/a/b/tool')).toMatchObject({ mode: 0o4755, modifiedAt: epoch, sizeBytes: 4 });
  });

  it('takes nothing over from the file that was there', () => {
    const attributes = new Map([['security.capability', new Uint8Array([1])]]);
    const before = smallDebianTree(file('usr/bin/tool', 'old', { mode: 0o4755, uid: 7, attributes }));
    const entry = exactEntry(expectValue(write(before, declared('/usr/bin/tool'))), 'usr/bin/tool');
    expect(entry).toMatchObject({ mode: 0o644, uid: 0 });
    expect(entry?.attributes).toBeUndefined();
  });

  it('resolves owners by the accounts of the tree, digits also as numbers', () => {
    const tree = expectValue(
      write(
        smallDebianTree(),
        declared('/a', { user: 'daemon', group: 'sudo' }),
        declared('/b', { user: '1234', group: '27' }),
      ),
    );
    expect(exactEntry(tree, 'a')).toMatchObject({ uid: 1, gid: 27 });
    expect(exactEntry(tree, 'b')).toMatchObject({ uid: 1234, gid: 27 });
    expect(expectCodes(write(smallDebianTree(), declared('/a', { user: 'nosuch' })))).toEqual(['SK5511']);
  });

  it('follows links on the way inside the tree', () => {
    const tree = expectValue(
      write(
        smallDebianTree(link('srv', '/var/data'), folder('var/data')),
        declared('/lib/deep/x'),
        declared('/srv/y'),
      ),
    );
    expect(textOf(tree, 'usr/lib/deep/x')).toBe('new\n');
    expect(textOf(tree, 'var/data/y')).toBe('new\n');
    expect(exactEntry(tree, 'lib')).toMatchObject({ type: 'symbolic-link' });
  });

  it('replaces a link that stands at the path and leaves its target alone', () => {
    const before = smallDebianTree(file('etc/target', 'old'), link('etc/resolv.conf', 'target'));
    const tree = expectValue(write(before, declared('/etc/resolv.conf')));
    expect(textOf(tree, 'etc/resolv.conf')).toBe('new\n');
    expect(textOf(tree, 'etc/target')).toBe('old');
  });

  it('leaves the other names of a hard-linked file alone', () => {
    const before = smallDebianTree(file('usr/bin/perl', 'perl'), hardLink('usr/bin/perl5', 'usr/bin/perl'));
    const tree = expectValue(write(before, declared('/usr/bin/perl')));
    expect(textOf(tree, 'usr/bin/perl')).toBe('new\n');
    expect(textOf(tree, 'usr/bin/perl5')).toBe('perl');
  });

  it.each([
    ['a link that climbs above the root', link('srv', '../../outside'), '/srv/x'],
    ['a link to such a link', [link('srv', 'var/l'), link('var/l', '../../etc')], '/srv/x'],
    ['links in a circle', [link('srv', 'opt'), link('opt', 'srv')], '/srv/x'],
    ['a file on the way', file('srv', ''), '/srv/x'],
    ['a folder at the path', folder('srv'), '/srv'],
    ['a link on the way to a file', [link('srv', 'etc/passwd')], '/srv/x'],
  ])('refuses %s', (_, entries, path) => {
    expect(expectCodes(write(smallDebianTree(...[entries].flat()), declared(path)))).toEqual(['SK5510']);
  });

  it('refuses two files at one place, links followed', () => {
    expect(expectCodes(write(smallDebianTree(), declared('/lib/x'), declared('/usr/lib/x')))).toEqual([
      'SK5512',
    ]);
  });

  it('refuses a file below another one of the same spec', () => {
    expect(expectCodes(write(smallDebianTree(), declared('/opt/x'), declared('/opt/x/y')))).toEqual([
      'SK5011',
    ]);
  });

  it('points to blobs and does not read them', () => {
    const digest = asDigest(`sha256:${'a'.repeat(64)}`);
    const blobs = new Map([[digest, { digest, sizeBytes: 5_000_000_000, path: '/nowhere' }]]);
    const files = [declared('/opt/big', { content: { digest } })];
    const tree = expectValue(writeFiles(smallDebianTree(), files, { blobs, sourceDateEpoch: epoch }));
    expect(exactEntry(tree, 'opt/big')).toMatchObject({
      sizeBytes: 5_000_000_000,
      content: { at: 'file', path: '/nowhere', offset: 0 },
    });
  });

  it('works on a tree without account files where root owns everything', () => {
    expect(textOf(expectValue(write(treeOf(), declared('/a'))), 'a')).toBe('new\n');
  });

  it('either refuses, or changes nothing but the file and the folders on its way', () => {
    const parts = fc.array(fc.constantFrom('a', 'b', 'a-b', '..a'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(randomTree, parts, (tree, path) => {
        const result = write(tree, declared(`/${path.join('/')}`));
        if (!result.ok) {
          expect(result.diagnostics.map(({ code }) => code)).toEqual(['SK5510']);
          return;
        }
        const place = realPath(tree, path.join('/'), { followLast: false }) ?? '';
        expect(textOf(result.value, place)).toBe('new\n');
        for (const { path: added } of result.value.entries) {
          expect(
            exactEntry(tree, added) !== undefined || place === added || place.startsWith(`${added}/`),
          ).toBe(true);
        }
        for (const entry of tree.entries.filter((other) => other.path !== place)) {
          expect(shown(result.value, entry.path)).toEqual(shown(tree, entry.path));
        }
      }),
    );
  });
});

/** An entry apart from which of the names of a file is the first. */
function shown(tree: Tree, path: string) {
  const entry = exactEntry(tree, path);
  if (entry?.type !== 'file' && entry?.type !== 'hard-link') {
    return entry;
  }
  const { mode, uid, gid, modifiedAt } = entry;
  const first = entry.type === 'file' ? entry : exactEntry(tree, entry.target);
  return { mode, uid, gid, modifiedAt, bytes: first?.type === 'file' ? readContent(first) : undefined };
}
