import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { constants, deflate } from 'node:zlib';
import { type Result, success } from '../../model/result.ts';
import { ownerPrefix, removeLeftovers } from '../process/owned-name.ts';
import { gitFailure } from './git-failure.ts';
import type { GitPlace } from './git-place.ts';
import type { NewObject } from './object-format.ts';
import { packOf } from './pack.ts';

/**
 * Puts objects into the object database, on the device when it returns. A few are written here as git would write them
 * (gitrepository-layout, loose objects): that takes a quarter of the time of a process. Many, and those of a repository
 * that is shared by mode, go through `git unpack-objects --strict`; so do those that could not be written, since git
 * says why.
 */
export async function storeObjects(
  place: GitPlace,
  objects: readonly NewObject[],
): Promise<Result<undefined>> {
  if (objects.length <= fewObjects && !(await isSharedByMode(place))) {
    const folder = join(place.gitDirectory, 'objects');
    // Beside the journal, where the next run clears up after those that were killed.
    const draftFolder = join(place.gitDirectory, 'sandkiln', 'objects');
    await removeLeftovers(draftFolder);
    const written = await Promise.allSettled(
      objects.map((object) => writeLoose({ folder, draftFolder }, object)),
    );
    if (written.every(({ status }) => status === 'fulfilled')) {
      return success(undefined);
    }
  }
  const stored = await place.run('write', ['unpack-objects', '-q', '--strict'], {
    stdin: packOf(objects, place.objectFormat),
  });
  return stored.exitCode === 0 ? success(undefined) : gitFailure('storing objects', stored);
}

const fewObjects = 64;

/** Modes and owners of what git writes are then its own affair (core.sharedRepository). */
async function isSharedByMode(place: GitPlace): Promise<boolean> {
  const configuration = await place.configuration();
  return !configuration.ok || configuration.value.some(([key]) => key === 'core.sharedrepository');
}

async function writeLoose(
  { folder, draftFolder }: { readonly folder: string; readonly draftFolder: string },
  { id, type, bytes }: NewObject,
): Promise<void> {
  const target = join(folder, id.slice(0, 2), id.slice(2));
  if ((await stat(target).catch(() => undefined)) !== undefined) {
    return;
  }
  const whole = Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]);
  const packed = await promisify(deflate)(whole, { level: constants.Z_BEST_SPEED });
  await Promise.all([mkdir(dirname(target), { recursive: true }), mkdir(draftFolder, { recursive: true })]);
  const temporary = join(draftFolder, `${ownerPrefix()}${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(temporary, 'wx', 0o444);
    try {
      await file.writeFile(packed);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
