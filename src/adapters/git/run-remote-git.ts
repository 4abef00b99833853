import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessResult, ProcessRunner } from '../process/process.ts';
import type { RemoteOptions } from './git.ts';
import { gitEnvironment } from './git-environment.ts';
import type { GitPlace } from './git-place.ts';
import type { RemoteAccess } from './remotes.ts';
import { isOwnedByAnother, readSafeDirectories } from './safe-directories.ts';

/** Runs a git command that talks to a remote, under a time limit for its whole process group. */
export async function runRemoteGit(
  place: GitPlace,
  processes: ProcessRunner,
  access: RemoteAccess,
  command: readonly string[],
  options: RemoteOptions,
): Promise<ProcessResult> {
  function run(environment: Readonly<Record<string, string>>): Promise<ProcessResult> {
    return processes.run(
      {
        file: 'git',
        arguments: command,
        directory: place.directory,
        environment: {
          ...gitEnvironment(place.host, 'remote', access.settings),
          ...access.environment,
          ...environment,
        },
      },
      {
        timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
        outputLimitBytes,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
    );
  }

  const first = await run({});
  if (first.exitCode === 0 || !isOwnedByAnother(first.stderr)) {
    return first;
  }
  // A remote in a folder of this machine is opened by a git process of its own, which settings given by the
  // environment do not reach: it reads a file that holds the trusted folders and nothing else.
  const folder = await mkdtemp(join(tmpdir(), 'sandkiln-git-'));
  try {
    const file = join(folder, 'config');
    const directories = await readSafeDirectories(place.host);
    await writeFile(file, `[safe]\n${directories.map((each) => `\tdirectory = ${quoted(each)}\n`).join('')}`);
    return await run({ GIT_CONFIG_GLOBAL: file });
  } finally {
    await rm(folder, { recursive: true });
  }
}

function quoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

const defaultTimeoutMs = 5 * 60_000;
const outputLimitBytes = 4 * 1024 * 1024;
