import type { Diagnostic } from '../../model/diagnostic.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { ProcessRunner } from '../process/process.ts';

/** Makes an empty repository with the branch `main` in a folder that lies in none. SK2004 where git refuses. */
export async function initRepository(folder: string, processes: ProcessRunner): Promise<Result<void>> {
  const result = await processes.run(
    {
      file: 'git',
      arguments: ['init', '--quiet', '--initial-branch=main', '--template=', '--end-of-options', folder],
      environment: { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
    },
    { timeoutMs: 60_000 },
  );
  return result.exitCode === 0
    ? success(undefined)
    : failure(notMade(folder, result.startError ?? result.stderr));
}

function notMade(folder: string, why: string): Diagnostic {
  return {
    code: 'SK2004',
    severity: 'error',
    message: `git could not make a repository in ${folder}: ${why.trim().split('\n')[0] ?? ''}`,
    hint: 'look at the rights of the folder, and whether git is installed',
    failure: 'stalled',
  };
}
