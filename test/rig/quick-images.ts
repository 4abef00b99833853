import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProtocolRequest } from '../../src/adapters/builder/external-command/protocol.ts';
import { type GitRepositoryOptions, gitTestEnvironment } from './git-repository.ts';
import { createSandkilnProgram, imageText, type SandkilnProgram } from './sandkiln-program.ts';
import { temporaryFolder } from './temporary-folder.ts';

const quickBuilder = fileURLToPath(new URL('quick-builder.mjs', import.meta.url));
const program = fileURLToPath(new URL('../../bin/sandkiln.js', import.meta.url));

/**
 * What the quick builder does when it is asked to lock or to build; `describe` it always answers. With `hold` it waits
 * until it is told something else, then works.
 */
export interface QuickBehaviour {
  readonly behaviour: 'work' | 'fail' | 'hang' | 'hold' | 'nonsense';
  /** Text of /etc/quick. */
  readonly content: string;
  /** The version that it tells. */
  readonly version: string;
  readonly locksPackages: boolean;
}

/** One start of the quick builder. */
export interface QuickRequest {
  readonly request: ProtocolRequest;
  readonly environment: Readonly<Record<string, string>>;
  readonly pid: number;
}

/** The real program with the quick builder in its host configuration: whole reconciles in about a second. */
export interface QuickProgram extends SandkilnProgram {
  /** Configuration, data and cache of the host. */
  readonly hostFolder: string;
  /** How the builder behaves from now on. */
  behave(change: Partial<QuickBehaviour>): void;
  /** What the builder was asked so far. */
  asked(): readonly QuickRequest[];
  /** Replaces host.yaml. */
  configure(hostYaml: string): void;
  /** Starts the program and does not wait for it. */
  start(...words: readonly string[]): ChildProcess;
  /** The active record of an image. */
  image(name: string): QuickImage;
}

export interface QuickImage {
  readonly version: string;
  readonly supersedes: string | null;
  readonly sourceDateEpoch: number;
  readonly builder: { readonly name: string; readonly reproducible: boolean };
  readonly inputs: { readonly lock: string | null };
  readonly tree: { readonly digest: string };
}

/** An image with output rootfs that the quick builder makes; `more` is added to its spec, a line each. */
export function quickImageText(name: string, ...more: readonly string[]): string {
  return imageText(name, 'builder: quick', ...more);
}

/** A repository after `init` with these files committed, and a host whose builder `quick` works. */
export function createQuickProgram(
  files: Readonly<Record<string, string>>,
  options: GitRepositoryOptions = {},
): QuickProgram {
  const sandkiln = createSandkilnProgram(options);
  const hostFolder = dirname(dirname(dirname(dirname(sandkiln.keyFile))));
  const folder = temporaryFolder();
  const control = join(folder, 'control.json');
  const log = join(folder, 'asked.jsonl');
  writeFileSync(log, '');
  let behaviour: QuickBehaviour = {
    behaviour: 'work',
    content: 'first',
    version: '1.0',
    locksPackages: false,
  };
  const write = (): void => {
    // Whole or not at all: a builder that holds reads it again and again.
    writeFileSync(`${control}.new`, JSON.stringify({ log, ...behaviour }));
    renameSync(`${control}.new`, control);
  };
  const configure = (hostYaml: string): void => {
    mkdirSync(join(hostFolder, 'config/sandkiln'), { recursive: true });
    writeFileSync(join(hostFolder, 'config/sandkiln/host.yaml'), hostYaml);
  };
  write();
  configure(`builders:\n  quick: {command: ${JSON.stringify([process.execPath, quickBuilder, control])}}\n`);
  const made = sandkiln.run('init');
  if (made.exitCode !== 0) {
    throw new Error(made.stderr);
  }
  sandkiln.repository.commit('first', files);
  return {
    ...sandkiln,
    hostFolder,
    configure,
    behave(change) {
      behaviour = { ...behaviour, ...change };
      write();
    },
    asked: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line): QuickRequest => JSON.parse(line)),
    start: (...words) =>
      spawn(process.execPath, [program, ...words], {
        cwd: sandkiln.repository.path,
        env: {
          ...gitTestEnvironment(),
          HOME: hostFolder,
          XDG_CONFIG_HOME: join(hostFolder, 'config'),
          XDG_DATA_HOME: join(hostFolder, 'data'),
          XDG_CACHE_HOME: join(hostFolder, 'cache'),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    image: (name) => JSON.parse(sandkiln.run('get', name, '--output', 'json').stdout),
  };
}
