import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { failure, type Result, success } from '../model/result.ts';

/** Writes a file that a person named, with its folder where only that is missing. SK9026 where that cannot be done. */
export async function writeText(file: string, text: string): Promise<Result<void>> {
  try {
    // Not all folders above: what is wrong with the path is told by the write.
    await mkdir(dirname(file)).catch(() => undefined);
    await writeFile(file, text);
    return success(undefined);
  } catch (error) {
    return failure({
      code: 'SK9026',
      severity: 'error',
      message: `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'name another place with --out, or see who may write there',
    });
  }
}
