import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GitRepositoryOptions, gitTestEnvironment } from './git-repository.ts';
import { createQuickProgram, type QuickProgram } from './quick-images.ts';
import { temporaryFolder } from './temporary-folder.ts';

const program = fileURLToPath(new URL('../../bin/sandkiln.js', import.meta.url));

export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A host with a clone, a store and a cache of its own. */
export interface RemoteHost {
  readonly path: string;
  readonly folder: string;
  git(...command: readonly string[]): string;
  /** Writes files, commits and pushes them. */
  push(message: string, files: Readonly<Record<string, string>>): string;
  run(...words: readonly string[]): Promise<ProgramEnd>;
  start(...words: readonly string[]): ChildProcess;
}

/** A bare remote, and hosts with clones of it that build with the quick builder. */
export interface HostsOnRemote {
  readonly remote: string;
  /** How the builder behaves, and what it was asked, by all hosts together. */
  readonly builder: Pick<QuickProgram, 'behave' | 'asked'>;
  /** Runs git in the remote. */
  git(...command: readonly string[]): string;
  /** A new clone on a new host; without a key where `keyless`. */
  host(options?: { readonly keyless?: boolean; readonly clone?: readonly string[] }): RemoteHost;
  /** How often something was built. */
  builds(): number;
}

/** Makes the remote from a repository after `init` with these files committed. */
export function createHostsOnRemote(
  files: Readonly<Record<string, string>>,
  options: GitRepositoryOptions = {},
): HostsOnRemote {
  const first = createQuickProgram(files, options);
  const remote = join(temporaryFolder(), 'remote.git');
  const git = gitIn(remote);
  gitIn(first.repository.path)('clone', '--quiet', '--bare', '.', remote);
  return {
    remote,
    builder: first,
    git,
    builds: () => first.asked().filter(({ request }) => request.operation === 'build').length,
    host({ keyless = false, clone = [] } = {}) {
      const folder = temporaryFolder();
      const path = join(folder, 'clone');
      execFileSync('git', ['clone', '--quiet', ...clone, `file://${remote}`, path], {
        env: gitTestEnvironment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const config = join(folder, 'config/sandkiln');
      mkdirSync(config, { recursive: true });
      const from = join(first.hostFolder, 'config/sandkiln');
      writeFileSync(join(config, 'host.yaml'), readFileSync(join(from, 'host.yaml')));
      if (!keyless) {
        cpSync(join(from, 'keys'), join(config, 'keys'), { recursive: true });
      }
      return hostAt(folder, path);
    },
  };
}

/** The variables of a host whose configuration, data and cache lie in a folder. */
export function hostEnvironment(folder: string): Record<string, string> {
  return {
    ...gitTestEnvironment(),
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_CACHE_HOME: join(folder, 'cache'),
  };
}

/** A host whose folder is there. */
export function hostAt(folder: string, path: string): RemoteHost {
  const git = gitIn(path);
  const environment = hostEnvironment(folder);
  const start: RemoteHost['start'] = (...words) =>
    spawn(process.execPath, [program, ...words], {
      cwd: path,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  return {
    path,
    folder,
    git,
    start,
    push(message, files) {
      for (const [file, content] of Object.entries(files)) {
        mkdirSync(dirname(join(path, file)), { recursive: true });
        writeFileSync(join(path, file), content);
      }
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '-m', message);
      git('push', '--quiet', 'origin', 'HEAD');
      return git('rev-parse', 'HEAD');
    },
    run: (...words) => ended(start(...words)),
  };
}

/** Everything that a program said, once it has ended. */
export function ended(child: ChildProcess): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (text) => {
      stdout += String(text);
    });
    child.stderr?.on('data', (text) => {
      stderr += String(text);
    });
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

function gitIn(path: string): (...command: readonly string[]) => string {
  return (...command) =>
    execFileSync('git', command, {
      cwd: path,
      env: gitTestEnvironment(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
}
