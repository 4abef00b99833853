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

/** Tells every joined file that a process loads, without the hash in its name. */
const watch = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    load(url, context, next) {
      const file = /\\/dist\\/joined\\/([a-z-]+?)(?:-[\\w-]{8})?\\.js$/.exec(url)?.[1];
      if (file !== undefined) {
        process.stderr.write('loads ' + file + '\\n');
      }
      return next(url, context);
    },
  });
`)}`;

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

  it('can be loaded, each of them', () => {
    const joined = join(builtPackage(), 'dist/joined');
    const files = readdirSync(joined).filter((name) => name.endsWith('.js') && !name.startsWith('main'));
    expect(files.length).toBeGreaterThan(20);
    const all = files.map((name) => `await import('${join(joined, name)}');`).join('\n');
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', all], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
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
    expect(libraries).toContain('yaml');
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

  it('loads one file to find nothing to do, and one more for a changed spec', async () => {
    const folder = builtPackage();
    const repository = await createBigRepository({
      specs: 5,
      profiles: 1,
      withCatalog: true,
      folder: temporaryFolder(),
    });
    const loadedBy = (command: string) => {
      const { stderr, stdout } = spawnSync(
        process.execPath,
        ['--import', watch, join(folder, 'bin/sandkiln.js'), command],
        {
          cwd: repository.path,
          env: { ...gitTestEnvironment(), PATH: process.env['PATH'], HOME: temporaryFolder() },
          encoding: 'utf8',
        },
      );
      expect(stdout + stderr).toContain('unchanged');
      return [...stderr.matchAll(/^loads (.*)$/gm)].map(([, name]) => name);
    };
    const always = ['main', 'start', 'rolldown-runtime'];
    expect(loadedBy('plan')).toEqual([...always, 'plan']);
    expect(loadedBy('plan')).toEqual(always);
    expect(loadedBy('reconcile')).toEqual(always);
    repository.commit({ [repository.specFile(1)]: repository.specText(1, 'sizeBudget: 1GiB') });
    expect(loadedBy('plan')).toEqual([...always, 'plan']);
  });

  it('takes the code that Node brings of its own modules', () => {
    const joined = join(builtPackage(), 'dist/joined');
    const files = readdirSync(joined).map(
      (name) => [name, readFileSync(join(joined, name), 'utf8')] as const,
    );
    expect(files.filter(([, text]) => /^import .*"node:/m.test(text)).map(([name]) => name)).toEqual([]);
    const [, start = ''] = files.find(([name]) => name.startsWith('start-')) ?? [];
    const wanted = [...start.matchAll(/ = globalThis\.process\.getBuiltinModule\("node:(.*)"\);$/gm)].map(
      ([, name]) => `NativeModule ${name}`,
    );
    // What the program loads before it changes flags of V8.
    const program = readFileSync(join(root, 'bin/sandkiln.js'), 'utf8');
    const [, early = ''] = /^const neededByAll = (\[[^\]]*\]);$/m.exec(program) ?? [];
    const report = `for (const name of ${early}) require(name); console.log(process.moduleLoadList.join('\\n'))`;
    const loaded = execFileSync(process.execPath, ['-e', report], { encoding: 'utf8' }).split('\n');
    expect(wanted.length).toBeGreaterThan(10);
    expect(loaded).toEqual(expect.arrayContaining(wanted));
  });
});
