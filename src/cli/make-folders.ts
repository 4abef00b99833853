import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { failure, type Result, success } from '../model/result.ts';

/**
 * Makes a folder and those above it. Not by `mkdir` with `recursive`, which tries for ever where a folder that is there
 * says that a new one in it is not, as those of /proc do. SK9026 where it cannot be made.
 */
export async function makeFolders(folder: string): Promise<Result<void>> {
  try {
    await makeWithParents(folder);
    return success(undefined);
  } catch (error) {
    return failure({
      code: 'SK9026',
      severity: 'error',
      message: `the folder ${folder} cannot be made: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'name another place, or see who may write there and whether there is room',
    });
  }
}

async function makeWithParents(folder: string): Promise<void> {
  const problem = await tryToMake(folder);
  if (problem?.code === 'ENOENT' && dirname(folder) !== folder) {
    await makeWithParents(dirname(folder));
    const again = await tryToMake(folder);
    if (again !== undefined) {
      throw again;
    }
  } else if (problem !== undefined) {
    throw problem;
  }
}

async function tryToMake(folder: string): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await mkdir(folder);
    return undefined;
  } catch (error) {
    const isFolder = await stat(folder).then(
      (status) => status.isDirectory(),
      () => false,
    );
    return isFolder ? undefined : (error as NodeJS.ErrnoException);
  }
}
