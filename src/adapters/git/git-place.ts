import { join } from 'node:path';
import { type Result, success } from '../../model/result.ts';
import { type GitHost, type GitPurpose, type GitSetting, gitEnvironment } from './git-environment.ts';
import { gitFailure } from './git-failure.ts';
import { lookAt } from './look-at.ts';
import type { ObjectFormat } from './object-format.ts';
import { type GitCall, type GitOutcome, runGit } from './run-git.ts';

/** A repository that was found, and how git is started in it. */
export interface GitPlace {
  readonly host: GitHost;
  /** Where git is started: the work tree's root, or the git directory of a bare repository. */
  readonly directory: string;
  /** Shared by all work trees. */
  readonly gitDirectory: string;
  readonly workTree: string | undefined;
  readonly objectFormat: ObjectFormat;
  /** Whether a shallow clone cut the history off. */
  readonly isShallow: boolean;
  run(purpose: GitPurpose, command: readonly string[], options?: GitRunOptions): Promise<GitOutcome>;
  /** What the repository itself is configured to (no settings of system or user); read again when its file changed. SK2004. */
  configuration(): Promise<Result<readonly ConfigurationEntry[]>>;
}

/** Section and variable are in lower case. */
export type ConfigurationEntry = readonly [key: string, value: string];

export interface GitRunOptions extends Pick<GitCall, 'stdin' | 'enough'> {
  /** Another work tree of the same repository. */
  readonly directory?: string;
  readonly settings?: readonly GitSetting[];
  /** Variables beyond the usual ones, such as GIT_INDEX_FILE. */
  readonly environment?: Readonly<Record<string, string>>;
}

export function createGitPlace(facts: Omit<GitPlace, 'run' | 'configuration'>): GitPlace {
  function run(
    purpose: GitPurpose,
    command: readonly string[],
    options: GitRunOptions = {},
  ): Promise<GitOutcome> {
    return runGit({
      directory: options.directory ?? facts.directory,
      environment: { ...gitEnvironment(facts.host, purpose, options.settings), ...options.environment },
      arguments: command,
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      ...(options.enough === undefined ? {} : { enough: options.enough }),
    });
  }

  let known: { readonly stamp: string; readonly entries: ReturnType<GitPlace['configuration']> } | undefined;
  return {
    ...facts,
    run,
    configuration() {
      const stamp = ['config', 'config.worktree']
        .map((name) => stampOf(join(facts.gitDirectory, name)))
        .join('\n');
      if (known?.stamp !== stamp) {
        known = { stamp, entries: run('read', ['config', '-z', '--list']).then(entriesOf) };
      }
      return known.entries;
    },
  };
}

function stampOf(file: string): string {
  const found = lookAt(file);
  return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}

/** A variable without a value, which git takes for true, has an empty one. */
function entriesOf(outcome: GitOutcome): Result<readonly ConfigurationEntry[]> {
  if (outcome.exitCode !== 0) {
    return gitFailure('reading the configuration of the repository', outcome);
  }
  const rows = outcome.stdout.toString().split('\0');
  return success(
    rows
      .filter((row) => row !== '')
      .map((row): ConfigurationEntry => {
        const end = row.indexOf('\n');
        return end === -1 ? [row, ''] : [row.slice(0, end), row.slice(end + 1)];
      }),
  );
}
