import { expect, onTestFinished, test } from 'vitest';
import { gitNamespace, sshSignature } from '../../../src/engine/attest/ssh-signature.ts';
import { beginCatalog } from '../../../src/engine/write-back/begin-catalog.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { createGitRepository } from '../../rig/git-repository.ts';
import { memorySigner } from '../../rig/memory-signer.ts';
import { openTestRepository } from '../../rig/open-test-repository.ts';

test('a branch for the catalog begins with the trust, and gets newer versions of it before its next records', async () => {
  const rig = createGitRepository();
  onTestFinished(() => rig[Symbol.dispose]());
  rig.commit('first', { 'trust/1.json': '1', 'trust/notes.txt': 'x', 'specs/x.yaml': 'x' });
  const git = await openTestRepository(rig);
  onTestFinished(() => git[Symbol.asyncDispose]());
  const signer = memorySigner('ed25519');
  const begin = async (tip: Parameters<typeof beginCatalog>[1]) =>
    expectValue(
      await beginCatalog(
        {
          git,
          desired: expectValue(await git.resolveCommit('main')),
          author: { name: 'Engine', email: 'engine@example.org' },
          sign: (commit) => sshSignature(commit, gitNamespace, signer),
        },
        tip,
      ),
    );
  const root = await begin(undefined);
  expect(rig.git('rev-list', '--count', root)).toBe('1');
  expect(rig.git('ls-tree', '-r', '--name-only', root)).toBe('trust/1.json');
  expect(await begin(undefined)).toBe(root);
  expect(await begin(root)).toBe(root);

  // A file that is there is never replaced, whatever the desired state says.
  rig.commit('second', { 'trust/1.json': 'other', 'trust/2.json': '2' });
  const newer = await begin(root);
  expect(rig.git('rev-parse', `${newer}^`)).toBe(root);
  expect(rig.show(newer, 'trust/1.json')).toBe('1');
  expect(rig.show(newer, 'trust/2.json')).toBe('2');
  expect(rig.git('log', '-1', '--format=%s', newer)).toBe('catalog: bring the trust');
});
