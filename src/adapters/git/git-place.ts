import { type GitHost, type GitPurpose, type GitSetting, gitEnvironment } from './git-environment.ts';
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
}

export interface GitRunOptions extends Pick<GitCall, 'stdin' | 'enough'> {
  /** Another work tree of the same repository. */
  readonly directory?: string;
  readonly settings?: readonly GitSetting[];
  /** Variables beyond the usual ones, such as GIT_INDEX_FILE. */
  readonly environment?: Readonly<Record<string, string>>;
}

export function createGitPlace(facts: Omit<GitPlace, 'run'>): GitPlace {
  return {
    ...facts,
    run(purpose, command, options = {}) {
      return runGit({
        directory: options.directory ?? facts.directory,
        environment: { ...gitEnvironment(facts.host, purpose, options.settings), ...options.environment },
        arguments: command,
        ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
        ...(options.enough === undefined ? {} : { enough: options.enough }),
      });
    },
  };
}
