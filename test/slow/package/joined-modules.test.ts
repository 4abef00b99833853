import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBigRepository } from '../../rig/big-repository.ts';
import { gitTestEnvironment } from '../../rig/git-repository.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const root = join(import.meta.dirname, '../../..');

/** A package as npm would install it, its modules joined. */
function builtPackage(): string {
  const folder = temporaryFolder();
  const dist = join(folder, 'dist');
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json', '--outDir', dist], {
    cwd: root,
  });
  execFileSync(process.execPath, [join(root, 'scripts/join-modules.mjs'), dist]);
  for (const part of ['bin', 'schemas', 'specs', 'profiles', 'files', 'sandkiln.yaml', 'package.json']) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

describe('the package with joined modules', () => {
  it('says what the same modules say one by one', async () => {
    const folder = builtPackage();
    const repository = await createBigRepository({
      specs: 20,
      profiles: 3,
      withCatalog: true,
      folder: temporaryFolder(),
    });
    repository.commit({ [repository.specFile(1)]: repository.specText(1, 'sizeBudget: 1GiB') });
    const run = (...argv: readonly string[]) => {
      const program = join(folder, 'bin/sandkiln.js');
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...argv], {
        cwd: repository.path,
        env: { ...gitTestEnvironment(), PATH: process.env['PATH'], HOME: temporaryFolder() },
        encoding: 'utf8',
      });
      return { status, stdout, stderr };
    };
    const commands = [
      ['--version'],
      ['plan'],
      ['plan'],
      ['plan', '--worktree', '--output', 'json'],
      ['validate'],
      ['explain', repository.imageName(1)],
      ['-C', temporaryFolder(), 'init', '--example'],
    ];
    const joined = commands.map((argv) => run(...argv));
    expect(joined.map(({ status }) => status)).toEqual(commands.map(() => 0));
    renameSync(join(folder, 'dist/joined'), join(folder, 'not-used'));
    expect(commands.slice(0, -1).map((argv) => run(...argv))).toEqual(joined.slice(0, -1));
  });

  it('leaves libraries outside, and functions their names', () => {
    const folder = builtPackage();
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const joined = join(folder, 'dist/joined');
    const imported = readdirSync(joined).flatMap((name) =>
      [...readFileSync(join(joined, name), 'utf8').matchAll(/^import .*?"([^".][^"]*)";$/gm)].map(
        ([, from = '']) => from,
      ),
    );
    const libraries = imported.filter((from) => !from.startsWith('node:'));
    expect(libraries).toContain('canonicalize');
    for (const from of libraries) {
      expect(Object.keys(dependencies)).toContain(from.split('/', from.startsWith('@') ? 2 : 1).join('/'));
    }
    const text = readFileSync(join(joined, 'main.js'), 'utf8');
    expect(text).toMatch(/from "\.\/start-/);
    expect(
      readdirSync(joined).some((name) =>
        readFileSync(join(joined, name), 'utf8').includes('function incrementalPlan('),
      ),
    ).toBe(true);
  });
});
