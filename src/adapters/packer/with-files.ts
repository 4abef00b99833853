import { failure, type Result } from '../../model/result.ts';
import { isSystemError } from '../../tree/is-system-error.ts';
import { shownPath, treeProblem } from '../../tree/tree-problem.ts';
import type { WorkContext } from '../work-context.ts';

/**
 * Runs work of a packer that uses files itself. A system error (disk full, source gone) becomes SK5020, the end of
 * the job by its signal SK5029; any other exception is a bug and goes on.
 */
export async function withFiles<Value>(
  what: string,
  { signal }: Pick<WorkContext, 'signal'>,
  work: () => Promise<Result<Value>>,
): Promise<Result<Value>> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) {
      return failure({
        ...treeProblem(
          'SK5029',
          `${what} was stopped`,
          'start the run again; finished actions are not repeated',
        ),
        failure: 'cancelled',
      });
    }
    if (!isSystemError(error)) {
      throw error;
    }
    const hint =
      error.code === 'ENOSPC' ? 'free space in the scratch folder' : 'check the scratch folder and the tree';
    return failure({
      ...treeProblem('SK5020', `${what}: ${shownPath(error.message)}`, `${hint}, then try again`),
      failure: 'transient',
    });
  }
}
