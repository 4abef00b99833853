import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { failure, type Result, success } from '../../../model/result.ts';
import type { ProcessResult, ProcessRunner } from '../../process/process.ts';
import type { WorkContext } from '../../work-context.ts';
import { builderDiagnostic } from './builder-diagnostic.ts';

/** An apt of its own: nothing of the host's configuration decides what it resolves or accepts. */
export interface PrivateApt {
  /** Downloads go to `downloads` in it. */
  readonly folder: string;
  /** Replaces its sources.list. */
  useSources(lines: string): Promise<void>;
  run(
    file: 'apt-get' | 'apt-helper',
    words: readonly string[],
    stdoutTo?: { readonly file: string },
  ): Promise<ProcessResult>;
}

export interface PrivateAptOptions {
  readonly processes: ProcessRunner;
  readonly context: WorkContext;
  /** Does not exist yet. */
  readonly folder: string;
  readonly architecture: string;
  /** Text of the dpkg status that counts as installed; empty for nothing. */
  readonly status: string;
  /** Lines of the host's configuration that say how to download. */
  readonly acquire: readonly string[];
}

/**
 * Lays out the folders and the configuration. Old indexes are accepted: `Valid-Until` says how long a mirror may
 * serve them, not how long a lock may rest on them; a date ahead of this host's clock is dealt with by the lock.
 * SK4012 where the path of the folder cannot stand in an apt configuration.
 */
export async function createPrivateApt(options: PrivateAptOptions): Promise<Result<PrivateApt>> {
  const { folder, context } = options;
  if (!isUsableInConfiguration(folder)) {
    return failure(builderDiagnostic.unusableFolder(folder));
  }
  await mkdir(join(folder, 'lists', 'partial'), { recursive: true });
  await mkdir(join(folder, 'downloads'));
  if (process.getuid?.() === 0) {
    await openToDownloads(context.scratch.path, folder);
  }
  await mkdir(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
  await writeFile(join(folder, 'status'), options.status);
  await writeFile(join(folder, 'sources.list'), '');
  const configuration = join(folder, 'apt.conf');
  await writeFile(configuration, configurationText(options));
  return success({
    folder,
    useSources: (lines) => writeFile(join(folder, 'sources.list'), lines),
    run: (file, words, stdoutTo) =>
      options.processes.run(
        {
          file: file === 'apt-helper' ? '/usr/lib/apt/apt-helper' : file,
          arguments: words,
          // Read before the host's own files, which it switches off.
          environment: { APT_CONFIG: configuration, DEBIAN_FRONTEND: 'noninteractive' },
        },
        {
          timeoutMs: context.timeoutMs,
          signal: context.signal,
          log: context.log,
          ...(stdoutTo && { stdoutTo }),
        },
      ),
  });
}

/**
 * Run by root, apt downloads as a user without rights, where that user can write. The folders above can be passed
 * through and not listed; names in them are random.
 */
async function openToDownloads(scratch: string, folder: string): Promise<void> {
  await chmod(join(folder, 'downloads'), 0o1733);
  for (let above = dirname(folder); above.startsWith(scratch); above = dirname(above)) {
    await chmod(above, 0o711);
  }
}

/** Apt quotes nothing in its configuration and splits sources at spaces. */
export function isUsableInConfiguration(path: string): boolean {
  return /^\/[A-Za-z0-9_./+~@:-]*$/.test(path);
}

function configurationText({ folder, architecture, acquire }: PrivateAptOptions): string {
  return [
    `Dir "${folder}";`,
    `Dir::State "${folder}";`,
    `Dir::State::status "${folder}/status";`,
    `Dir::State::lists "${folder}/lists";`,
    `Dir::Cache "${folder}/cache";`,
    `Dir::Log "${folder}";`,
    `Dir::Etc::sourcelist "${folder}/sources.list";`,
    'Dir::Etc::sourceparts "/dev/null";',
    'Dir::Etc::main "/dev/null";',
    'Dir::Etc::parts "/dev/null";',
    'Dir::Etc::preferences "/dev/null";',
    'Dir::Etc::preferencesparts "/dev/null";',
    // A mirror that wants a password is reached as the host's own apt reaches it.
    'Dir::Etc::netrc "/etc/apt/auth.conf";',
    'Dir::Etc::netrcparts "/etc/apt/auth.conf.d";',
    `APT::Architecture "${architecture}";`,
    `APT::Architectures { "${architecture}"; };`,
    'APT::Install-Recommends "false";',
    'APT::Install-Suggests "false";',
    // Apt takes itself for essential; here only what the variant names is.
    'pkgCacheGen::ForceEssential ",";',
    ...acquire,
    'Acquire::Check-Valid-Until "false";',
    'Acquire::Check-Date "false";',
    'Acquire::Languages "none";',
    'Acquire::GzipIndexes "false";',
    'Acquire::AllowInsecureRepositories "false";',
    'Acquire::AllowWeakRepositories "false";',
    '',
  ].join('\n');
}
