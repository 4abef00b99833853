import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ObjectId } from '../../../src/adapters/git/git.ts';
import { newObject } from '../../../src/adapters/git/object-format.ts';
import { rewriteTree } from '../../../src/adapters/git/rewrite-tree.ts';
import { formatTree, parseTree, type TreeEntry } from '../../../src/adapters/git/tree-object.ts';
import { success } from '../../../src/model/result.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';

const format = 'sha1';
const names = fc.constantFrom('a', 'a-b', 'a.b', 'a0', 'b', 'ä', '\u{1F600}', 'Z');
const paths = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));

/** An object database in memory, filled by one rewrite after the other. */
function createObjectStore() {
  const trees = new Map<string, Buffer>();
  return {
    async apply(root: ObjectId | undefined, changes: ReadonlyMap<string, Uint8Array | null>) {
      const result = await rewriteTree(root, changes, format, async (id) =>
        success(parseTree(trees.get(id) ?? Buffer.alloc(0), format)),
      );
      for (const object of result.ok ? result.value.objects : []) {
        if (object.type === 'tree') {
          trees.set(object.id, Buffer.from(object.bytes));
        }
      }
      return result;
    },
  };
}

/** Leaves out paths that stand in the way of one that came before. */
function withoutConflicts(all: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (const path of all) {
    if (
      !kept.some((other) => other === path || other.startsWith(`${path}/`) || path.startsWith(`${other}/`))
    ) {
      kept.push(path);
    }
  }
  return kept;
}

test('a tree is the same however many steps lead to it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(paths), fc.array(fc.nat({ max: 2 })), async (all, steps) => {
      const files = withoutConflicts(all);
      const store = createObjectStore();
      const atOnce = expectValue(
        await store.apply(undefined, new Map(files.map((path) => [path, Buffer.from(path)]))),
      );
      let root: ObjectId | undefined;
      for (const step of [0, 1, 2]) {
        const some = files.filter((_, index) => (steps[index] ?? 0) === step);
        root = expectValue(
          await store.apply(root, new Map(some.map((path) => [path, Buffer.from(path)]))),
        ).id;
      }
      expect(root).toBe(atOnce.id);
    }),
  );
});

test('removing what was added gives the tree from before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(paths), fc.nat(), async (all, cut) => {
      const files = withoutConflicts(all);
      const [kept, removed] = [
        files.slice(cut % (files.length + 1)),
        files.slice(0, cut % (files.length + 1)),
      ];
      const store = createObjectStore();
      const before = expectValue(
        await store.apply(undefined, new Map(kept.map((path) => [path, Buffer.from(path)]))),
      );
      const added = expectValue(
        await store.apply(before.id, new Map(removed.map((path) => [path, Buffer.from('x')]))),
      );
      const after = expectValue(await store.apply(added.id, new Map(removed.map((path) => [path, null]))));
      expect(after.id).toBe(before.id);
    }),
  );
});

test('a tree object is read and written byte for byte', () => {
  const id = newObject('blob', Buffer.from('x'), format).id;
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 }).filter((name) => !/[\0/]/.test(name))), (all) => {
      const entries = all.map(
        (name): TreeEntry => ({ mode: '100644', name: Buffer.from(name).toString('latin1'), id }),
      );
      const bytes = formatTree(entries);
      expect(formatTree(parseTree(bytes, format))).toEqual(bytes);
      expect(parseTree(bytes, format)).toHaveLength(entries.length);
    }),
  );
});

test.each(['', '/a', 'a/', 'a//b', '../a', 'a/../b', './a', '.git/config', 'a/.GIT/b', 'a\\b', 'a\nb'])(
  'path %j is refused',
  async (path) => {
    expect(
      expectCodes(await createObjectStore().apply(undefined, new Map([[path, Buffer.from('x')]]))),
    ).toEqual(['SK2113']);
  },
);

test('a file is not written in the place of a folder, nor a folder in the place of a file', async () => {
  const store = createObjectStore();
  const { id } = expectValue(await store.apply(undefined, new Map([['a/b', Buffer.from('x')]])));
  expect(expectCodes(await store.apply(id, new Map([['a', Buffer.from('x')]])))).toEqual(['SK2114']);
  expect(expectCodes(await store.apply(id, new Map([['a/b/c', Buffer.from('x')]])))).toEqual(['SK2114']);
  expect(
    expectCodes(
      await store.apply(
        id,
        new Map([
          ['c', Buffer.from('x')],
          ['c/d', Buffer.from('x')],
        ]),
      ),
    ),
  ).toEqual(['SK2114']);
});
