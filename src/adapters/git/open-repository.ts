import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { failure, type Result, success } from '../../model/result.ts';
import type { ProcessRunner } from '../process/process.ts';
import { createCatFile } from './cat-file.ts';
import type { GitRepository } from './git.ts';
import { type GitHost, gitEnvironment } from './git-environment.ts';
import { firstComplaint } from './git-failure.ts';
import { createGitPlace, type GitPlace } from './git-place.ts';
import { createObjects } from './objects.ts';
import { type GitOutcome, runGit } from './run-git.ts';
import { isOwnedByAnother, readSafeDirectories } from './safe-directories.ts';
import { createWorktreeReader } from './worktree-reader.ts';

export interface OpenRepositoryOptions {
  /** Any folder of the repository, or a bare repository. */
  readonly path: string;
  /** The caller's environment; git sees a few variables of it only. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Runs what talks to remotes. */
  readonly processes: ProcessRunner;
}

/**
 * Finds the repository around a folder with one git process. Fails where there is none (SK2001), where its owner is
 * another user and `safe.directory` does not name it (SK2002), or where git cannot be started (SK2003).
 */
export async function openRepository(options: OpenRepositoryOptions): Promise<Result<GitRepository>> {
  const place = await findPlace(options.path, { environment: options.environment, safeDirectories: [] });
  if (!place.ok) {
    return place;
  }
  return success(repositoryAt(place.value, options.processes));
}

/** What writes and what talks to remotes is loaded when it is first asked for: most commands only read. */
function repositoryAt(place: GitPlace, processes: ProcessRunner): GitRepository {
  // Records of one kind are deltas of each other: with git's own limit a large catalog is unpacked three times over.
  const catFile = createCatFile(
    place.directory,
    gitEnvironment(place.host, 'read', [['core.deltaBaseCacheLimit', '256m']]),
  );
  return {
    gitDirectory: place.gitDirectory,
    workTree: place.workTree,
    objectFormat: place.objectFormat,
    ...createObjects(place, catFile),
    ...createWorktreeReader(place),
    async commitsTouching(range, paths) {
      const { commitsTouching } = await import('./commits-touching.ts');
      return commitsTouching(place, range, paths);
    },
    async writeCommit(commit) {
      const { writeCommit } = await import('./write-commit.ts');
      return writeCommit(place, catFile, commit);
    },
    async advanceBranch(branch, expected, next, folder) {
      const { advanceBranch } = await import('./advance-branch.ts');
      return advanceBranch(place, catFile, { branch, expected, next, folder });
    },
    async checkBranch(branch, folder) {
      const { checkBranch } = await import('./check-branch.ts');
      return checkBranch(place, catFile, { branch, folder });
    },
    async isAdvanceInterrupted(branch) {
      const { isAdvanceInterrupted } = await import('./advance-marker.ts');
      return isAdvanceInterrupted(place, branch);
    },
    async fetchBranch(remote, branch, options) {
      const { fetchBranch } = await import('./fetch-branch.ts');
      return fetchBranch(place, catFile, processes, { remote, branch, ...options });
    },
    async pushBranch(remote, branch, expected, next, options) {
      const [{ branchReference }, { pushReferences }] = await Promise.all([
        import('./reference-name.ts'),
        import('./push-references.ts'),
      ]);
      const reference = branchReference(branch);
      return reference.ok
        ? pushReferences(place, processes, remote, [{ reference: reference.value, expected, next }], options)
        : reference;
    },
    async updateReferences(remote, updates, options) {
      if (remote === undefined) {
        const { updateLocalReferences } = await import('./update-local-references.ts');
        return updateLocalReferences(place, updates);
      }
      const { pushReferences } = await import('./push-references.ts');
      return pushReferences(place, processes, remote, updates, options);
    },
    async listReferences(remote, prefix, options) {
      const { listReferences } = await import('./list-references.ts');
      return listReferences(place, processes, remote, prefix, options);
    },
    async defaultRemote() {
      const { defaultRemote } = await import('./remotes.ts');
      return defaultRemote(place);
    },
    [Symbol.asyncDispose]: () => catFile[Symbol.asyncDispose](),
  };
}

async function findPlace(path: string, host: GitHost): Promise<Result<GitPlace>> {
  const folder = await stat(path).catch(() => undefined);
  if (folder?.isDirectory() !== true) {
    return notARepository(path, 'there is no such folder');
  }
  // Everything that a repository must say of itself; the last two print nothing for a bare one.
  const outcome = await runGit({
    directory: path,
    environment: gitEnvironment(host, 'read'),
    arguments: [
      'rev-parse',
      '--path-format=absolute',
      '--git-common-dir',
      '--show-object-format',
      '--is-shallow-repository',
      '--is-bare-repository',
      '--is-inside-work-tree',
      '--show-cdup',
    ],
  });
  if (outcome.exitCode === 0) {
    return success(await placeFrom(outcome.stdout.toString(), path, host));
  }
  if (isOwnedByAnother(outcome.stderr)) {
    return host.safeDirectories.length > 0
      ? notOwned(path, outcome)
      : await findOwnedPlace(path, host, outcome);
  }
  return outcome.startError === undefined
    ? notARepository(path, firstComplaint(outcome.stderr))
    : failure({
        code: 'SK2003',
        severity: 'error',
        message: `git could not be started: ${outcome.startError}`,
        hint: 'install git 2.36 or later ("apt-get install git") and see that PATH leads to it',
        failure: 'stalled',
      });
}

async function placeFrom(facts: string, path: string, host: GitHost): Promise<GitPlace> {
  const [gitDirectory = '', objectFormat, shallow, bare, inside, up] = facts.split('\n');
  const workTree =
    bare === 'false' && inside === 'true' ? await realpath(resolve(path, up ?? '')) : undefined;
  return createGitPlace({
    host,
    directory: workTree ?? gitDirectory,
    gitDirectory,
    workTree,
    objectFormat: objectFormat === 'sha256' ? 'sha256' : 'sha1',
    isShallow: shallow === 'true',
  });
}

/** The user's own list of other people's repositories to trust is read only when git asks for it. */
async function findOwnedPlace(path: string, host: GitHost, refused: GitOutcome): Promise<Result<GitPlace>> {
  const safeDirectories = await readSafeDirectories(host);
  return safeDirectories.length === 0
    ? notOwned(path, refused)
    : await findPlace(path, { ...host, safeDirectories });
}

function notOwned(path: string, refused: GitOutcome): Result<never> {
  const directory = /repository at '(.+)'/.exec(refused.stderr)?.[1] ?? path;
  return failure({
    code: 'SK2002',
    severity: 'error',
    message: `the repository at ${directory} belongs to another user`,
    hint: `if you trust it, run: git config --global --add safe.directory '${directory}'`,
    failure: 'stalled',
  });
}

function notARepository(path: string, detail: string): Result<never> {
  return failure({
    code: 'SK2001',
    severity: 'error',
    message: `${path} is not in a git repository: ${detail}`,
    hint: 'run "git init" there, or name a folder of a repository with -C',
    failure: 'stalled',
  });
}
