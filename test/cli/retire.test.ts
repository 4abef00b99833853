import { expect, it } from 'vitest';
import { loadSigner } from '../../src/adapters/signer/file-key-signer.ts';
import { sshSignature } from '../../src/engine/attest/ssh-signature.ts';
import { nextHead } from '../../src/engine/catalog/next-head.ts';
import { headPath } from '../../src/engine/catalog/paths.ts';
import { expectValue } from '../rig/expect-result.ts';
import { openTestRepository } from '../rig/open-test-repository.ts';
import { initialisedProgram, type SandkilnProgram } from '../rig/sandkiln-program.ts';
import { sampleImage } from '../rig/signed-catalog.ts';

/** Puts an image that no spec names into the catalog, signed with the host's own key. */
async function withRecordedImage(sandkiln: SandkilnProgram, name: string): Promise<void> {
  const { repository } = sandkiln;
  await using git = await openTestRepository(repository);
  const builder = expectValue(await loadSigner({ path: sandkiln.keyFile }));
  const tip = expectValue(await git.resolveCommit('HEAD'));
  const changes = new Map((await sampleImage({ builder, tip }, { name })).files);
  const head = expectValue(
    await nextHead({
      git,
      parent: tip,
      changes,
      desiredCommit: tip,
      trustVersion: 1,
      signers: [builder],
      now: new Date(),
      memo: new Map(),
    }),
  );
  changes.set(headPath, head ?? null);
  const commit = expectValue(
    await git.writeCommit({
      parent: tip,
      changes,
      message: 'catalog: an image\n',
      author: { name: 'Ada Example', email: 'ada@example.org' },
      at: Math.floor(Date.now() / 1000),
      sign: (bytes) => sshSignature(bytes, 'git', builder),
    }),
  );
  repository.git('reset', '--quiet', '--hard', commit ?? '');
}

it('an image whose spec is gone is retired in one signed commit, once the safeguard allows it', async () => {
  const sandkiln = initialisedProgram();
  const { repository } = sandkiln;
  repository.git('rm', '--quiet', '-r', 'specs');
  repository.commit('no images');
  await withRecordedImage(sandkiln, 'old');
  expect(sandkiln.run('verify')).toMatchObject({ exitCode: 0 });
  expect(sandkiln.run('get').stdout).toContain('old   1.2.0+1');

  const before = sandkiln.traces();
  const refused = sandkiln.run('reconcile');
  expect(refused).toMatchObject({ exitCode: 6, stdout: '' });
  expect(refused.stderr).toContain('SK3201');
  expect(sandkiln.traces()).toEqual(before);

  const policy =
    'apiVersion: sandkiln/v1\nkind: Repository\nmetadata: {name: lab}\nspec: {safeguards: {maxRetirePercent: 100}}\n';
  const desired = repository.commit('allow it', { 'sandkiln.yaml': policy });
  expect(sandkiln.run('plan').stdout).toContain('- SandboxImageSpec/old: retire (1.2.0+1 → retired)');
  const retired = sandkiln.run('reconcile');
  expect(retired).toMatchObject({ exitCode: 0 });
  expect(retired.stdout).toMatch(
    /^old +retired +1\.2\.0\+1\nreconcile: 0 built, 0 failed, 1 retired; commit [0-9a-f]{12}\n$/,
  );
  expect(repository.git('rev-parse', 'HEAD~1')).toBe(desired);
  expect(repository.git('status', '--porcelain')).toBe('');
  expect(repository.git('log', '-1', '--format=%s')).toBe('catalog: old: retired 1.2.0+1');
  expect(sandkiln.run('verify')).toMatchObject({ exitCode: 0 });
  expect(sandkiln.run('history').stdout).toContain('old retired 1.2.0+1');

  const after = sandkiln.traces();
  expect(sandkiln.run('reconcile')).toMatchObject({
    exitCode: 0,
    stdout: 'reconcile: 0 built, 0 failed; nothing to commit\n',
  });
  expect(sandkiln.traces()).toEqual(after);
});

it('build and record do the same in two steps, and the results may lie anywhere', async () => {
  const sandkiln = initialisedProgram();
  const { repository } = sandkiln;
  repository.git('rm', '--quiet', '-r', 'specs');
  const policy =
    'apiVersion: sandkiln/v1\nkind: Repository\nmetadata: {name: lab}\nspec: {safeguards: {maxRetirePercent: 100}}\n';
  repository.commit('no images', { 'sandkiln.yaml': policy });
  await withRecordedImage(sandkiln, 'old');
  const results = `${repository.path}-results`;
  expect(sandkiln.run('build', '--out', results)).toMatchObject({ exitCode: 0 });
  expect(repository.git('status', '--porcelain')).toBe('');
  const recorded = sandkiln.run('record', results, '--output', 'json');
  expect(recorded).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(recorded.stdout)).toMatchObject({
    formatVersion: 1,
    images: [{ name: 'old', outcome: 'retired' }],
  });
  expect(sandkiln.run('record', results).stdout).toContain('nothing to commit');
});

it('reconcile as JSON is one JSON object a line', async () => {
  const sandkiln = initialisedProgram();
  const { repository } = sandkiln;
  repository.git('rm', '--quiet', '-r', 'specs');
  repository.commit('no images');
  await withRecordedImage(sandkiln, 'old');
  const lines = sandkiln.run('reconcile', '--output', 'json').stdout.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).formatVersion)).toEqual(lines.map(() => 1));
});
