import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommitId, ObjectId } from '../../../src/adapters/git/git.ts';
import { catalogDigest } from '../../../src/engine/catalog/catalog-digest.ts';
import { loadDigestMemo } from '../../../src/engine/catalog/digest-memo.ts';
import { emptyCatalogDigest, folderDigest, merkleDigest } from '../../../src/engine/catalog/merkle.ts';
import { type Digest, digestOfBytes } from '../../../src/model/digest.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { createGitRepository } from '../../rig/git-repository.ts';
import { openTestRepository } from '../../rig/open-test-repository.ts';
import { memoryMemo } from '../../rig/signed-catalog.ts';

const digest = digestOfBytes('x');
const file = (path: string) => ({ path, mode: '100644', digest });

describe('the Merkle digest', () => {
  it('is what a shell computes from the rows of a folder', () => {
    const rows = [
      { mode: '100644', name: 'b', digest: digestOfBytes('b\n') },
      { mode: '100644', name: 'a', digest: digestOfBytes('a\n') },
    ];
    const script = `for n in a b; do printf '100644 %s %s\\n' "$(printf '%s\\n' $n | sha256sum | cut -c1-64)" $n; done`;
    const shell = execFileSync('sh', ['-c', `{ echo sandkiln-folder-v1; ${script}; } | sha256sum`], {
      encoding: 'utf8',
    });
    expect(folderDigest(rows)).toBe(`sha256:${shell.slice(0, 64)}`);
  });

  it('leaves the head and everything outside of the catalog out', () => {
    expect(merkleDigest([file('catalog/head.json'), file('specs/a.yaml'), file('catalogue/x')])).toBe(
      emptyCatalogDigest(),
    );
    expect(merkleDigest([file('catalog/a/head.json')])).not.toBe(emptyCatalogDigest());
  });

  it('depends on names, modes, content and nesting, and not on the order', () => {
    const files = [file('catalog/a/b'), file('catalog/a/c'), file('catalog/b')];
    const all = [
      merkleDigest(files),
      merkleDigest([file('catalog/a/b'), file('catalog/a/d'), file('catalog/b')]),
      merkleDigest([{ ...file('catalog/a/b'), mode: '100755' }, ...files.slice(1)]),
      merkleDigest([{ ...file('catalog/a/b'), digest: digestOfBytes('y') }, ...files.slice(1)]),
      merkleDigest([file('catalog/a/b'), file('catalog/c'), file('catalog/b')]),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(merkleDigest([...files].reverse())).toBe(all[0]);
  });

  it('refuses a name with a line break', () => {
    expect(() => folderDigest([{ mode: '100644', name: 'a\nb', digest }])).toThrow();
  });
});

describe('the digest of a commit', () => {
  it('is the same from the whole list, step by step, and with changes not yet written', async () => {
    using rig = createGitRepository({ bare: true });
    await using git = await openTestRepository(rig);
    const path = fc.constantFrom('a', 'b/c', 'b/d', 'b/e/f', 'b/e/g', 'h/i', 'head.json');
    const change = fc.tuple(path, fc.option(fc.string({ maxLength: 4 })));
    const memo = new Map<ObjectId, Digest>();
    let seconds = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 4 }), async (steps) => {
        let parent: CommitId | undefined;
        const files = new Map<string, string>();
        for (const step of steps) {
          // Removing what is not there is no change of a commit.
          const sound = new Map(step.filter(([name, text]) => text !== null || files.has(`catalog/${name}`)));
          const changes = new Map(
            [...sound].map(([name, text]) => [`catalog/${name}`, text === null ? null : Buffer.from(text)]),
          );
          const expected = expectValue(await catalogDigest({ git, commit: parent, changes, memo }));
          for (const [name, text] of sound) {
            text === null ? files.delete(`catalog/${name}`) : files.set(`catalog/${name}`, text);
          }
          const rows = [...files].map(([name, text]) => ({
            path: name,
            mode: '100644',
            digest: digestOfBytes(text),
          }));
          expect(merkleDigest(rows)).toBe(expected);
          seconds += 1;
          const anchor = new Map([...changes, ['other', Buffer.from(`${seconds}`)]]);
          const author = { name: 'a', email: 'a@example.org' };
          parent =
            expectValue(
              await git.writeCommit({ parent, changes: anchor, message: 'm\n', author, at: seconds }),
            ) ?? parent;
          expect(expectValue(await catalogDigest({ git, commit: parent, memo }))).toBe(expected);
          expect(expectValue(await catalogDigest({ git, commit: parent, memo: new Map() }))).toBe(expected);
        }
      }),
      { numRuns: 12 },
    );
  });

  it('reads only what changed when a memo is there, and a memo of another form is dropped', async () => {
    using rig = createGitRepository();
    const files = Array.from({ length: 50 }, (_, index) => [`catalog/${index % 5}/${index}`, `${index}`]);
    rig.commit('first', Object.fromEntries(files));
    rig.commit('second', { 'catalog/1/1': 'changed' });
    await using git = await openTestRepository(rig);
    const commit = expectValue(await git.resolveCommit('HEAD~1'));
    const memo = memoryMemo();
    memo.text = 'nonsense\nsha256:x y\n';
    const first = await loadDigestMemo(memo);
    await catalogDigest({ git, commit, memo: first });
    await first.save();
    let reads = 0;
    const counting = {
      ...git,
      readBlob: (id: ObjectId, limit: number) => {
        reads += 1;
        return git.readBlob(id, limit);
      },
    };
    const second = await loadDigestMemo(memo);
    const tip = expectValue(await git.resolveCommit('HEAD'));
    const digestNow = expectValue(await catalogDigest({ git: counting, commit: tip, memo: second }));
    expect(reads).toBe(1);
    expect(digestNow).toBe(expectValue(await catalogDigest({ git, commit: tip, memo: new Map() })));
  });
});
