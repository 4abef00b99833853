import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gzipMembers } from '../../../src/adapters/packer/oci/gzip-members.ts';
import { layerDifference } from '../../../src/adapters/packer/oci/layer-difference.ts';
import { firstDifference } from '../../../src/tree/compare-trees.ts';
import { replaceEntries } from '../../../src/tree/replace-entries.ts';
import type { Tree } from '../../../src/tree/tree.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { difficultTree, packEpoch, packOnce } from '../../rig/packed-tree.ts';
import { randomTree } from '../../rig/random-tree.ts';
import { file, folder as folderEntry, hardLink, treeOf } from '../../rig/tree-builder.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oci-packer-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Inspected {
  readonly Layers: readonly string[];
  readonly Created: string;
  readonly Architecture: string;
}

function inspect(path: string): Inspected {
  return JSON.parse(
    execFileSync('skopeo', ['inspect', `oci-archive:${path}`], { encoding: 'utf8' }),
  ) as Inspected;
}

test('skopeo reads it, and a child starts with the layer of its parent', async () => {
  const parentTree = difficultTree();
  const childTree = expectValue(
    replaceEntries(parentTree, [{ set: file('etc/motd', 'hello\n') }, { remove: 'many' }]),
  );
  const parent = await packOnce(join(folder, 'parent'), parentTree, { outputs: ['oci'] });
  const child = await packOnce(join(folder, 'child'), childTree, {
    outputs: ['oci'],
    parents: [{ tree: parentTree, treePath: join(folder, 'parent', 'tree.tar') }],
  });
  const parentImage = inspect(parent.pathOf('image.oci.tar'));
  const childImage = inspect(child.pathOf('image.oci.tar'));
  expect(childImage.Layers).toHaveLength(2);
  expect(childImage.Layers[0]).toBe(parentImage.Layers[0]);
  expect(childImage).toMatchObject({
    Architecture: 'amd64',
    Created: new Date(packEpoch * 1000).toISOString().replace('.000Z', 'Z'),
  });
});

test('umoci unpacks parent and difference to the tree of the child', async () => {
  const lower = treeOf(
    file('etc/a', 'old'),
    file('etc/gone'),
    file('many/x'),
    file('perl', 'p'),
    hardLink('perl5', 'perl'),
  );
  const changes = [
    { set: file('etc/a', 'new') },
    { remove: 'etc/gone' },
    { remove: 'many' },
    { set: hardLink('perl6', 'perl') },
  ];
  const upper = expectValue(replaceEntries(lower, changes));
  const packed = await packOnce(join(folder, 'layers'), upper, {
    outputs: ['oci'],
    parents: [{ tree: lower, treePath: '' }],
  });
  const layout = join(folder, 'layout');
  const bundle = join(folder, 'bundle');
  mkdirSync(layout);
  execFileSync('tar', ['-xf', packed.pathOf('image.oci.tar'), '-C', layout]);
  execFileSync('umoci', ['unpack', '--rootless', '--image', `${layout}:difficult:latest`, bundle], {
    stdio: 'pipe',
  });
  const found = execFileSync('find', ['.', '-type', 'f', '-printf', '%P %n\n'], {
    cwd: join(bundle, 'rootfs'),
    encoding: 'utf8',
  });
  expect(found.trim().split('\n').sort()).toEqual(['etc/a 1', 'perl 3', 'perl5 3', 'perl6 3']);
  expect(readFileSync(join(bundle, 'rootfs/etc/a'), 'utf8')).toBe('new');
});

test('the difference applied to the lower tree is the upper tree, whatever they hold', () => {
  fc.assert(
    fc.property(randomTree, randomTree, (lower, upper) => {
      const layer = expectValue(layerDifference(lower, upper));
      expect(firstDifference(applyLayer(lower, layer), upper)).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

test('equal trees need no layer, and a whole tree is a layer of its own', () => {
  const tree = difficultTree();
  expect(expectValue(layerDifference(tree, difficultTree())).entries).toEqual([]);
  expect(firstDifference(expectValue(layerDifference({ entries: [] }, tree)), tree)).toBeUndefined();
});

test('a removed folder is one whiteout, and the folders above it keep their owners', () => {
  const lower = treeOf(folderEntry('a', { uid: 7 }), file('a/b/c'), file('a/d'));
  const layer = expectValue(layerDifference(lower, expectValue(replaceEntries(lower, [{ remove: 'a/b' }]))));
  expect(layer.entries.map((entry) => [entry.path, entry.uid])).toEqual([
    ['', 0],
    ['a', 7],
    ['a/.wh.b', 0],
  ]);
});

test('a file that looks like a whiteout is refused', () => {
  expect(expectCodes(layerDifference({ entries: [] }, treeOf(file('a/.wh.b'))))).toEqual(['SK5028']);
});

test('gzip members are one stream, however the input is cut', async () => {
  const input = Buffer.alloc(9 * 1024 * 1024, 'some text that repeats ');
  async function compressed(chunkBytes: number): Promise<Buffer> {
    const chunks = Array.from({ length: Math.ceil(input.length / chunkBytes) }, (_, index) =>
      input.subarray(index * chunkBytes, (index + 1) * chunkBytes),
    );
    // A member holds only until the next one is asked for.
    return Buffer.concat(await Array.fromAsync(gzipMembers(chunks), (member) => Buffer.from(member)));
  }
  const once = await compressed(input.length);
  expect((await compressed(100_003)).equals(once)).toBe(true);
  expect(gunzipSync(once).equals(input)).toBe(true);
});

/** Applies a layer as the specification tells unpackers to. */
function applyLayer(lower: Tree, layer: Tree): Tree {
  const name = /(^|\/)\.wh\.([^/]+)$/;
  const removed = layer.entries.filter((entry) => name.test(entry.path));
  const added = layer.entries.filter((entry) => !name.test(entry.path));
  return expectValue(
    replaceEntries(lower, [
      ...removed.map(({ path }) => ({ remove: path.replace(name, '$1$2') })),
      ...added.map((entry) => ({ set: entry })),
    ]),
  );
}
