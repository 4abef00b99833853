import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** How a run of the program ended. */
export interface ProgramRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A repository with the images that ship with the program, on a host of its own. */
export interface DemoRepository extends Disposable {
  readonly path: string;
  /** Folder that holds repository and host; gone at the end. */
  readonly folder: string;
  /** XDG folders below {@link folder}. */
  readonly environment: Readonly<Record<string, string>>;
  run(...argv: readonly string[]): ProgramRun;
  /** Starts the program and leaves it to the caller; its output comes in pieces. */
  start(...argv: readonly string[]): ReturnType<typeof spawn>;
  git(...argv: readonly string[]): string;
  read(file: string): string;
  write(file: string, text: string): void;
  /** Commits everything as the user would. */
  commit(message: string): void;
}

/** Made by `npm run quickstart`, which also builds both images; gives what it printed. */
export function quickstartRepository(): {
  readonly demo: DemoRepository;
  readonly quickstart: () => ProgramRun;
} {
  const demo = emptyDemo();
  const quickstart = (): ProgramRun => {
    const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'quickstart'], {
      cwd: root,
      env: { ...process.env, ...demo.environment, SANDKILN_QUICKSTART: demo.path },
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    return { exitCode: status, stdout, stderr };
  };
  return { demo, quickstart };
}

function emptyDemo(): DemoRepository {
  const folder = mkdtempSync(join(tmpdir(), 'sandkiln-demo-'));
  const path = join(folder, 'repository');
  const environment = {
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_CACHE_HOME: join(folder, 'cache'),
  };
  const program = join(root, 'bin/sandkiln.js');
  const node = join(root, 'node_modules/.bin/node');
  const options = { env: { ...process.env, ...environment }, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  const git = (...argv: readonly string[]) => execFileSync('git', argv, { ...options, cwd: path }).trim();
  return {
    path,
    folder,
    environment,
    run(...argv) {
      const { status, stdout, stderr } = spawnSync(node, [program, '-C', path, ...argv], options);
      return { exitCode: status, stdout, stderr };
    },
    start: (...argv) =>
      spawn(node, [program, '-C', path, ...argv], { env: options.env, stdio: ['ignore', 'pipe', 'pipe'] }),
    git,
    read: (file) => readFileSync(join(path, file), 'utf8'),
    write: (file, text) => writeFileSync(join(path, file), text),
    commit(message) {
      git('add', '--all');
      git(
        '-c',
        'user.name=user',
        '-c',
        'user.email=user@localhost',
        'commit',
        '--quiet',
        '--message',
        message,
      );
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
