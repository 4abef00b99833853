import { open, rename, rm } from 'node:fs/promises';
import { failure, type Result, success } from '../model/result.ts';

/**
 * Writes a file whole or not at all: what is there stays until the new one is on disk. SK9026 where that cannot be done.
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<Result<void>> {
  const temporary = `${path}.${process.pid}.new`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    return success(undefined);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    return failure({
      code: 'SK9026',
      severity: 'error',
      message: `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'see who may write there and whether there is room',
    });
  }
}
