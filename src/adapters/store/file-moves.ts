import { link, lstat, open, rename } from 'node:fs/promises';
import { failure, type Result, success } from '../../model/result.ts';
import { isSystemError, storeDiagnostic, storeFailure } from './store-diagnostic.ts';

/** A file may be renamed into the store if it is this user's and has no other name by which it could be changed. */
export async function mayMove(path: string): Promise<boolean> {
  const file = await lstat(path);
  return file.isFile() && file.nlink === 1 && file.uid === process.getuid?.();
}

/** False where the two paths lie on different file systems. */
export async function movedHere(source: string, target: string): Promise<boolean> {
  try {
    await rename(source, target);
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === 'EXDEV') {
      return false;
    }
    throw error;
  }
}

/** False where the file system cannot give the file a second name there. */
export async function linked(source: string, target: string): Promise<boolean> {
  try {
    await link(source, target);
    return true;
  } catch (error) {
    if (isSystemError(error) && ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes(error.code ?? '')) {
      return false;
    }
    throw error;
  }
}

/** Makes an empty file that nobody else can take any more. Failures: SK7007, SK7005, SK7006. */
export async function reserve(path: string): Promise<Result<void>> {
  try {
    await (await open(path, 'wx', 0o600)).close();
    return success(undefined);
  } catch (error) {
    if (!isSystemError(error)) {
      throw error;
    }
    return failure(
      error.code === 'EEXIST'
        ? storeDiagnostic.targetExists(path)
        : storeFailure('a file could not be written', path, error),
    );
  }
}
