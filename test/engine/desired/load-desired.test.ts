import { describe, expect, test } from 'vitest';
import { loadDesired } from '../../../src/engine/desired/load-desired.ts';
import { readSource } from '../../../src/engine/source/read-source.ts';
import { readWorktreeSource } from '../../../src/engine/source/read-worktree-source.ts';
import { allKinds, policyText } from '../../rig/desired-files.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { createGitRepository } from '../../rig/git-repository.ts';
import { documentText, imageText, oneImage } from '../../rig/image-files.ts';
import { openTestRepository } from '../../rig/open-test-repository.ts';

const image = oneImage('outputs: [qcow2]', 'files: [{path: /a, source: files/a}]');

async function loadCommit(files: Readonly<Record<string, string>>) {
  using rig = createGitRepository();
  rig.commit('specs', { 'sandkiln.yaml': policyText, ...files });
  await using git = await openTestRepository(rig);
  const source = expectValue(await readSource(git, expectValue(await git.resolveCommit('HEAD'))));
  return await loadDesired(source, allKinds);
}

describe('loading the desired state', () => {
  test('reads the documents of a commit and sees the files that they name', async () => {
    const desired = expectValue(
      await loadCommit({
        ...image,
        'files/a': 'a',
        'specs/README.md': '# not a document',
        'docs/x.yaml': 'a: [',
      }),
    );
    expect(desired.documents.map(({ file }) => file)).toEqual(['sandkiln.yaml', 'specs/images/a.yaml']);
    expect(desired.warnings).toEqual([]);
  });

  test('reads uncommitted edits from the work tree', async () => {
    using rig = createGitRepository();
    rig.commit('specs', { 'sandkiln.yaml': policyText });
    rig.write('specs/images/b.yaml', imageText('b', 'version: 1.10'));
    await using git = await openTestRepository(rig);
    const result = await loadDesired(expectValue(await readWorktreeSource(git)), allKinds);
    expect(result.ok ? [] : result.diagnostics.map(({ code }) => code)).toEqual(['SK1105']);
  });

  test('refuses a document of 10 MB with its size, and goes on with the others', async () => {
    const result = await loadCommit({
      'profiles/big.yaml': '#'.repeat(10_000_000),
      ...oneImage('outputs: [qcow3]', 'runProfile: big'),
    });
    expect(result.ok ? [] : result.diagnostics.map(({ code, place }) => [code, place?.file])).toEqual([
      ['SK1001', 'profiles/big.yaml'],
      ['SK1106', 'specs/images/a.yaml'],
    ]);
  });

  test('does not blame an image for the profile that cannot be read', async () => {
    const result = await loadCommit({
      'profiles/p.yaml': documentText('RunProfile', 'p', 'memory: [1GiB'),
      ...oneImage('outputs: [qcow2]', 'runProfile: p'),
    });
    expect(result.ok ? [] : result.diagnostics.map(({ code, place }) => [code, place?.file])).toEqual([
      ['SK1005', 'profiles/p.yaml'],
    ]);
  });
});
