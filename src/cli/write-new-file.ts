import { rm, writeFile } from 'node:fs/promises';
import { failure, type Result, success } from '../model/result.ts';

/**
 * Writes a file that is not there yet, whole or not at all; `kept` where one is. SK9026 where it cannot be written, and
 * then there is none.
 */
export async function writeNewFile(
  path: string,
  content: string | Uint8Array,
  mode = 0o666,
): Promise<Result<'wrote' | 'kept'>> {
  try {
    await writeFile(path, content, { flag: 'wx', mode });
    return success('wrote');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') {
      return success('kept');
    }
    await rm(path, { force: true }).catch(() => undefined);
    return failure({
      code: 'SK9026',
      severity: 'error',
      message: `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'name another place, or see who may write there and whether there is room',
    });
  }
}
