import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalStore } from '../adapters/store/store.ts';
import { isShallow } from '../engine/catalog/parse-record.ts';
import type { ResultBlobs } from '../kinds/sandbox-image-spec/check-image-blobs.ts';
import type { BuildResult } from '../model/build-result.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { failure, type Result, success } from '../model/result.ts';
import { hasShape } from '../model/shape.ts';
import { buildResultShape } from './build-result-shape.ts';
import { openResultBlobs, recordedBlobs } from './result-blobs.ts';

/** File of the results folder. */
export const resultFileName = 'result.json';

const resultLimitBytes = 256 * 1024 * 1024;
const depthLimit = 128;

export interface ReadResult {
  readonly result: BuildResult;
  readonly blobs: ResultBlobs;
}

/**
 * The results of a build that ran elsewhere: the file's form is checked, and each blob that a record will name is read,
 * from the store or from beside the file, and compared, digest and size. SK3207 for the form; the store's own
 * diagnostics for blobs.
 */
export async function readBuildResult(folder: string, store: LocalStore): Promise<Result<ReadResult>> {
  const file = join(folder, resultFileName);
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readBounded(file));
    if (!isShallow(parsed, depthLimit)) {
      throw new Error(`it is nested deeper than ${depthLimit} levels`);
    }
  } catch (error) {
    return failure(notAResult(file, error instanceof Error ? error.message : String(error)));
  }
  if (!hasShape(buildResultShape, parsed)) {
    const problem = buildResultShape.problem(parsed, '');
    return failure(notAResult(file, `${problem?.pointer || 'the whole'} is not ${problem?.expected}`));
  }
  const blobs = await openResultBlobs(folder, store);
  const diagnostics: Diagnostic[] = [];
  for (const { digest, sizeBytes } of recordedBlobs(parsed)) {
    const checked = await blobs.check(digest);
    if (!checked.ok) {
      diagnostics.push(...checked.diagnostics);
    } else if (checked.value.sizeBytes !== sizeBytes) {
      const why = `${digest} has ${checked.value.sizeBytes} bytes, not ${sizeBytes}`;
      diagnostics.push(notAResult(file, why));
    }
  }
  return diagnostics.length > 0 ? failure(...diagnostics) : success({ result: parsed, blobs });
}

async function readBounded(path: string): Promise<string> {
  await using file = await open(path);
  const { size } = await file.stat();
  if (size > resultLimitBytes) {
    throw new Error(`it has ${size} bytes, more than ${resultLimitBytes}`);
  }
  return file.readFile('utf8');
}

function notAResult(file: string, why: string): Diagnostic {
  return {
    code: 'SK3207',
    severity: 'error',
    message: `this cannot be read as the result of a build: ${why}`,
    hint: 'make it with sandkiln build --out DIR, and give that DIR to sandkiln record',
    place: { file },
    failure: 'stalled',
  };
}
