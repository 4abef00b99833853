import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import {
  createGitRepository,
  type GitRepositoryOptions,
  type GitRepositoryRig,
  gitTestEnvironment,
} from './git-repository.ts';
import { temporaryFolder } from './temporary-folder.ts';

const program = fileURLToPath(new URL('../../bin/sandkiln.js', import.meta.url));

interface ProgramEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real program as a host runs it: own configuration, data and cache folders, in a real repository. */
export interface SandkilnProgram {
  readonly repository: GitRepositoryRig;
  readonly keyFile: string;
  /** Runs it in the repository's root; it is ended after a minute. */
  run(...words: readonly string[]): ProgramEnd;
  /** The same from another folder or with more variables. */
  runWith(options: ProgramRun, ...words: readonly string[]): ProgramEnd;
  /** All refs, what git status tells, and every file in data and cache folder: equal where nothing was written. */
  traces(): readonly string[];
}

interface ProgramRun {
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A repository without commits and a host without keys; both are gone when the test ends. */
export function createSandkilnProgram(options: GitRepositoryOptions = {}): SandkilnProgram {
  const repository = createGitRepository(options);
  onTestFinished(() => repository[Symbol.dispose]());
  return programIn(repository);
}

/** The program beside a repository. */
function programIn(repository: GitRepositoryRig): SandkilnProgram {
  const home = temporaryFolder();
  const environment = {
    ...gitTestEnvironment(),
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CACHE_HOME: join(home, 'cache'),
  };
  const runWith: SandkilnProgram['runWith'] = (
    { folder = repository.path, environment: more = {} },
    ...words
  ) => {
    const ended = spawnSync(process.execPath, [program, ...words], {
      cwd: folder,
      env: { ...environment, ...more },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
      maxBuffer: 2 ** 26,
    });
    return { exitCode: ended.status, stdout: ended.stdout, stderr: ended.stderr };
  };
  return {
    repository,
    keyFile: join(home, 'config/sandkiln/keys/builder.pem'),
    runWith,
    run: (...words) => runWith({}, ...words),
    traces: () => [
      repository.tryGit('for-each-ref').stdout,
      repository.tryGit('status', '--porcelain', '--untracked-files=all').stdout,
      ...filesBelow(join(home, 'data')),
      ...filesBelow(join(home, 'cache')),
    ],
  };
}

function filesBelow(folder: string): readonly string[] {
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
    : [];
}

/** A small image that is valid; `more` is added to its spec, a line each. */
export function imageText(name: string, ...more: readonly string[]): string {
  const os = more.some((line) => line.startsWith('from:'))
    ? []
    : ['os: {distribution: debian, release: bookworm, architecture: amd64}'];
  const spec = ['version: 1.0.0', ...os, 'outputs: [rootfs]', ...more].map((line) => `  ${line}\n`).join('');
  return `apiVersion: sandkiln/v1\nkind: SandboxImageSpec\nmetadata: {name: ${name}}\nspec:\n${spec}`;
}

/** What a repository holds after `init`, with the images `base` and `web` (from `base`), committed. */
export function initialisedProgram(files: Readonly<Record<string, string>> = {}): SandkilnProgram {
  const sandkiln = createSandkilnProgram();
  const made = sandkiln.run('init');
  if (made.exitCode !== 0) {
    throw new Error(made.stderr);
  }
  sandkiln.repository.commit('first', {
    'specs/images/base.yaml': imageText('base'),
    'specs/images/web.yaml': imageText('web', 'from: base', 'packages: [curl]'),
    ...files,
  });
  return sandkiln;
}
