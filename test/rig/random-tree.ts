import fc from 'fast-check';
import { plainFolder } from '../../src/tree/plain-folder.ts';
import { replaceEntries, type TreeChange } from '../../src/tree/replace-entries.ts';
import type { Tree, TreeEntry } from '../../src/tree/tree.ts';

const oddNames = [
  'a',
  'b',
  'a-b',
  'a b',
  "it's",
  'say "x"',
  'line\nbreak',
  '-n',
  '<7>',
  '\\',
  'ä',
  '𐀀',
  '\uFFFD',
  '.a',
  '..a',
  '~',
  'x'.repeat(120),
];
const name = fc.constantFrom(...oddNames);
const randomPath = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

const owner = fc.constantFrom(0, 33, 1000, 65534, 2097152, 4000000000);
const base = fc.record({
  path: randomPath,
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: owner,
  gid: owner,
  modifiedAt: fc.integer({ min: 0, max: 4_000_000_000 }),
});
const attributes = fc.option(
  fc
    .uint8Array({ minLength: 1, maxLength: 40 })
    .map((value) => new Map([['user.note', Uint8Array.from(value)]])),
  { nil: undefined, freq: 4 },
);

const randomEntry: fc.Arbitrary<TreeEntry> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(base, fc.uint8Array({ maxLength: 1500 }), attributes).map(fileEntry) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(base, randomPath)
      .map(([entry, target]) => ({ type: 'symbolic-link' as const, ...entry, mode: 0o777, target })),
  },
  { weight: 1, arbitrary: base.map((entry) => ({ type: 'folder' as const, ...entry })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(base, randomPath)
      .map(([entry, target]) => ({ type: 'hard-link' as const, ...entry, target })),
  },
);

function fileEntry([entry, bytes, attributes]: [
  Omit<TreeEntry, 'type'>,
  Uint8Array,
  Map<string, Uint8Array> | undefined,
]): TreeEntry {
  return {
    type: 'file',
    ...entry,
    sizeBytes: bytes.length,
    content: { at: 'memory', bytes },
    ...(attributes !== undefined && { attributes }),
  };
}

export const randomChange: fc.Arbitrary<TreeChange> = fc.oneof(
  { weight: 5, arbitrary: randomEntry.map((set) => ({ set })) },
  { weight: 1, arbitrary: randomPath.map((remove) => ({ remove })) },
);

/** Any tree that changes can lead to; changes that do not fit are left out. */
export const randomTree: fc.Arbitrary<Tree> = fc.array(randomChange, { maxLength: 30 }).map((changes) => {
  let tree: Tree = { entries: [plainFolder('', 1_700_000_000)] };
  for (const change of changes) {
    const next = replaceEntries(tree, [change]);
    tree = next.ok ? next.value : tree;
  }
  return tree;
});
