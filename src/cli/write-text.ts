import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { failure, type Result, success } from '../model/result.ts';

/** Writes a file that a person named, with the folders above it. SK9026 where that cannot be done. */
export async function writeText(file: string, text: string): Promise<Result<void>> {
  try {
    await mkdir(dirname(file), { recursive: true });
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
