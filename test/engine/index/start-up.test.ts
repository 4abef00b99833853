import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBigRepository } from '../../rig/big-repository.ts';
import { gitTestEnvironment } from '../../rig/git-repository.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const root = join(import.meta.dirname, '../../..');

/** Tells every module that a process loads from a library. */
const watch = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    load(url, context, next) {
      const library = /\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(url)?.[1];
      if (library !== undefined) {
        process.stderr.write('loads ' + library + '\\n');
      }
      return next(url, context);
    },
  });
`)}`;

function spawnPlan(cwd: string) {
  return spawnSync(process.execPath, ['--import', watch, join(root, 'bin/sandkiln.js'), 'plan'], {
    cwd,
    env: { ...gitTestEnvironment(), PATH: process.env['PATH'], HOME: temporaryFolder() },
    encoding: 'utf8',
  });
}

describe('a plan of documents written as most are', () => {
  it('loads no library', async () => {
    const repository = await createBigRepository({
      specs: 5,
      profiles: 1,
      withCatalog: true,
      folder: temporaryFolder(),
    });
    spawnPlan(repository.path);
    repository.commit({ [repository.specFile(1)]: repository.specText(1, 'sizeBudget: 1GiB') });
    const { stderr, stdout } = spawnPlan(repository.path);
    expect(stdout).toContain('4 unchanged');
    expect(stderr).not.toMatch(/^loads /m);
    repository.commit({ [repository.specFile(2)]: repository.specText(2, 'sizeBudget: !!str 1GiB') });
    expect(spawnPlan(repository.path).stderr).toMatch(/^loads yaml$/m);
  });
});
