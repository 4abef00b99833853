import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gitTestEnvironment } from '../rig/git-repository.ts';
import { createSignedCatalog, sampleImage } from '../rig/signed-catalog.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';

it('the commands of docs/catalog.md verify a catalog, and fail on one that was tampered with', async () => {
  await using catalog = await createSignedCatalog();
  const sample = await sampleImage(catalog);
  await catalog.engineCommit(sample.files);
  catalog.rig.git('update-ref', 'refs/heads/main', catalog.tip);
  const checkout = catalog.rig.clone();
  const scratch = temporaryFolder();
  const run = (command: string) =>
    spawnSync('sh', ['-e', '-c', command], {
      cwd: checkout.path,
      env: gitTestEnvironment(),
      encoding: 'utf8',
    });
  const commands = shellBlocks(scratch);
  expect(commands).toHaveLength(3);
  for (const command of commands) {
    const ended = run(command);
    expect(ended.status, ended.stderr).toBe(0);
  }
  const path = [...sample.files.keys()][0] ?? '';
  writeFileSync(join(checkout.path, path), 'tampered\n');
  expect(run(commands[2] ?? '').stderr).toContain('the catalog is not the one that its head names');
});

/** The shell blocks of the page, with the scratch folder in the place of /tmp. */
function shellBlocks(scratch: string): readonly string[] {
  const page = readFileSync(join(import.meta.dirname, '../../docs/catalog.md'), 'utf8');
  return [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) =>
    (match[1] ?? '').replaceAll('/tmp/', `${scratch}/`),
  );
}
