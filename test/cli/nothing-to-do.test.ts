import { expect, test } from 'vitest';
import { createQuickProgram, quickImageText } from '../rig/quick-images.ts';

test("edits below catalog/ are in nobody's way until there is something to do, and then nothing is built", () => {
  const sandkiln = createQuickProgram({ 'specs/images/base.yaml': quickImageText('base') });
  const { repository } = sandkiln;
  expect(sandkiln.run('reconcile')).toMatchObject({ exitCode: 0 });
  repository.write('catalog/mine', 'x');
  expect(sandkiln.run('reconcile')).toMatchObject({
    exitCode: 0,
    stdout: 'reconcile: 0 built, 0 failed; nothing to commit\n',
  });

  repository.write('specs/images/web.yaml', quickImageText('web'));
  repository.git('add', 'specs');
  repository.git('commit', '--quiet', '-m', 'web');
  const asked = sandkiln.asked().length;
  const refused = sandkiln.run('reconcile');
  expect(refused).toMatchObject({ exitCode: 3, stdout: '' });
  expect(refused.stderr).toContain('error SK2111');
  expect(sandkiln.asked()).toHaveLength(asked);
});
