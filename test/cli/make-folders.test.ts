import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolders } from '../../src/cli/make-folders.ts';
import { expectDiagnostic } from '../rig/expect-result.ts';
import { createSandkilnProgram } from '../rig/sandkiln-program.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';

it('makes a folder with all above it, and is content with one that is there', async () => {
  const folder = join(temporaryFolder(), 'a/b/c');
  expect(await makeFolders(folder)).toMatchObject({ ok: true });
  expect(await makeFolders(folder)).toMatchObject({ ok: true });
  expect(existsSync(folder)).toBe(true);
});

it.each(['/proc/x/y', '/proc/self/x', '/sys/x/y/z', '/dev/null/x'])('gives up on %s', async (folder) => {
  const refused = expectDiagnostic(await makeFolders(folder));
  expect(refused.code).toBe('SK9026');
  expect(refused.message).toContain(`the folder ${folder} cannot be made`);
});

it('replaces no file on the way', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, 'mine');
  expectDiagnostic(await makeFolders(file));
  expectDiagnostic(await makeFolders(join(file, 'below')));
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

it('init where no folder can be made ends, and says where', () => {
  const program = createSandkilnProgram();
  const refused = program.run('-C', '/proc/x/y', 'init');
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/^error SK9026 the folder \/proc\/x\/y cannot be made: ENOENT/);
});
