import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { failure, type Result, success } from '../../../model/result.ts';
import { externalDiagnostic } from './external-diagnostic.ts';
import type { Told } from './listener.ts';
import type { OutputEvent } from './protocol.ts';

const outputLimitBytes = 64 * 2 ** 30;

/** A file that a builder made. */
export interface CheckedOutput {
  /** After all links. */
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Looks at a file that a builder told of: a regular file below the scratch folder, links resolved (SK4025), with the
 * digest that was told (SK4026).
 */
export async function checkOutput(
  builder: string,
  output: OutputEvent,
  scratch: string,
  signal: AbortSignal,
): Promise<Result<CheckedOutput>> {
  const unusable = (why: string) => failure(externalDiagnostic.unusableOutput(builder, output.name, why));
  try {
    const path = await realpath(resolve(scratch, output.path));
    if (!path.startsWith(`${await realpath(scratch)}${sep}`)) {
      return unusable(`${output.path} is outside the scratch folder`);
    }
    // Opening a pipe or a device must not wait.
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = await file.stat();
    const sizeBytes = stat.size;
    if (!stat.isFile()) {
      return unusable(`${output.path} is not a regular file`);
    }
    if (sizeBytes > outputLimitBytes) {
      return unusable(`it has ${sizeBytes} bytes, more than ${outputLimitBytes}`);
    }
    const hash = createHash('sha256');
    for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: 2 ** 20, signal })) {
      hash.update(chunk);
    }
    const found = `sha256:${hash.digest('hex')}`;
    return found === output.digest
      ? success({ path, sizeBytes })
      : failure(externalDiagnostic.otherDigest(builder, output.path, output.digest, found));
  } catch (error) {
    if (error instanceof Error && 'code' in error) {
      return unusable(`${output.path} (${error.code === 'ABORT_ERR' ? 'the run was stopped' : error.code})`);
    }
    throw error;
  }
}

/** The one output of that name. */
export function onlyOutput(builder: string, told: Told, name: OutputEvent['name']): Result<OutputEvent> {
  const [output, second] = told.outputs.filter((candidate) => candidate.name === name);
  return output === undefined || second !== undefined
    ? failure(
        externalDiagnostic.unusableOutput(
          builder,
          name,
          output === undefined ? 'no event told of it' : 'two events told of it',
        ),
      )
    : success(output);
}
