import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';

/** A real repository in a temporary folder, driven with the git of this machine and no configuration but its own. */
export interface GitRepositoryRig extends Disposable {
  /** The work tree, or the bare repository. */
  readonly path: string;
  /** Runs git there and gives what it printed, trimmed. Throws with its stderr where it fails. */
  git(...command: readonly string[]): string;
  /** The same where failing is part of the test. */
  tryGit(...command: readonly string[]): {
    readonly exitCode: number | null;
    readonly stdout: string;
    readonly stderr: string;
  };
  /** Writes a file of the work tree, and the folders above it. */
  write(path: string, content: string | Uint8Array, mode?: number): void;
  link(path: string, target: string): void;
  /** Writes the files, stages everything, commits, and gives the commit's id. */
  commit(message: string, files?: Readonly<Record<string, string>>): string;
  /** A clone beside it, with this one as `origin`. */
  clone(...options: readonly string[]): GitRepositoryRig;
  /** Text of a file at a revision. */
  show(revision: string, path: string): string;
  /** An executable hook of this repository. */
  hook(name: string, script: string): void;
}

export interface GitRepositoryOptions {
  readonly bare?: boolean;
  readonly objectFormat?: 'sha1' | 'sha256';
  /** Name of the first branch; default `main`. */
  readonly branch?: string;
}

/** Makes an empty repository; `using` or `[Symbol.dispose]()` removes it and the clones made of it. */
export function createGitRepository(options: GitRepositoryOptions = {}): GitRepositoryRig {
  const root = mkdtempSync(join(tmpdir(), 'sandkiln-git-'));
  const path = join(root, 'repository');
  mkdirSync(path);
  const rig = repositoryAt(root, path);
  rig.git(
    'init',
    '--quiet',
    `--initial-branch=${options.branch ?? 'main'}`,
    `--object-format=${options.objectFormat ?? 'sha1'}`,
    ...(options.bare === true ? ['--bare'] : []),
  );
  return rig;
}

/** The environment of the rig's own git, and of programs under test: no configuration of system or user. */
export function gitTestEnvironment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'Ada Example',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_AUTHOR_DATE: '2026-01-02T03:04:05Z',
    GIT_COMMITTER_NAME: 'Ada Example',
    GIT_COMMITTER_EMAIL: 'ada@example.org',
    GIT_COMMITTER_DATE: '2026-01-02T03:04:05Z',
  };
}

function repositoryAt(root: string, path: string): GitRepositoryRig {
  let clones = 0;
  const env = gitTestEnvironment();
  function git(...command: readonly string[]): string {
    return execFileSync('git', command, {
      cwd: path,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 2 ** 28,
    }).trim();
  }
  function write(file: string, content: string | Uint8Array, mode = 0o644): void {
    const whole = join(path, file);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, content);
    chmodSync(whole, mode);
  }
  return {
    path,
    git,
    write,
    tryGit(...command) {
      const ended = spawnSync('git', command, { cwd: path, env, encoding: 'utf8' });
      return { exitCode: ended.status, stdout: ended.stdout, stderr: ended.stderr };
    },
    link(file, target) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      symlinkSync(target, join(path, file));
    },
    commit(message, files = {}) {
      for (const [file, content] of Object.entries(files)) {
        write(file, content);
      }
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '-m', message);
      return git('rev-parse', 'HEAD');
    },
    clone(...options) {
      clones += 1;
      const target = `${path}-clone-${clones}`;
      git('clone', '--quiet', ...options, path, target);
      return repositoryAt(root, target);
    },
    show: (revision, file) => git('show', `${revision}:${file}`),
    hook(name, script) {
      const folder = git('rev-parse', '--path-format=absolute', '--git-path', 'hooks');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, name), script, { mode: 0o755 });
    },
    [Symbol.dispose]() {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
