import { type GitHost, userConfigurationEnvironment } from './git-environment.ts';
import { runGit } from './run-git.ts';

/** Whether git refused a repository because it belongs to another user. */
export function isOwnedByAnother(stderr: string): boolean {
  return /detected dubious ownership/.test(stderr);
}

/**
 * The repositories of other users that this user trusts (`safe.directory` of system and user configuration), in order;
 * an empty value takes back those before it. Read only when git asks for it.
 */
export async function readSafeDirectories(host: GitHost): Promise<readonly string[]> {
  const listed = await runGit({
    directory: '/',
    environment: { ...userConfigurationEnvironment(host), GIT_DIR: '/nonexistent' },
    arguments: ['config', '-z', '--get-all', 'safe.directory'],
  });
  return listed.stdout.toString().split('\0').slice(0, -1);
}
