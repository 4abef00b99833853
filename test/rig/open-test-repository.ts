import type { GitRepository } from '../../src/adapters/git/git.ts';
import { openRepository } from '../../src/adapters/git/open-repository.ts';
import { createProcessRunner } from '../../src/adapters/process/child-processes.ts';
import { expectValue } from './expect-result.ts';
import { type GitRepositoryRig, gitTestEnvironment } from './git-repository.ts';

/** The git adapter over a rig's repository. */
export async function openTestRepository(rig: GitRepositoryRig): Promise<GitRepository> {
  return expectValue(
    await openRepository({
      path: rig.path,
      environment: gitTestEnvironment(),
      processes: createProcessRunner(),
    }),
  );
}
