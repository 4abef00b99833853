import type { StageContext } from '../engine/stage.ts';
import type { PackageLock } from '../model/package-lock.ts';
import { type Result, success } from '../model/result.ts';
import { neededBlob } from './stage-input.ts';

const lockLimitBytes = 16 * 1024 * 1024;

/** The package lock among the outputs that an action needs; nothing where the image adds no packages. */
export async function neededLock(context: StageContext): Promise<Result<PackageLock | undefined>> {
  const blob = neededBlob(context, 'packages.lock.json');
  if (blob === undefined) {
    return success(undefined);
  }
  const bytes = await context.cache.readSmall(blob.digest, lockLimitBytes);
  // The lock stage wrote these bytes, and the digest was checked on reading.
  return bytes.ok ? success(JSON.parse(Buffer.from(bytes.value).toString('utf8')) as PackageLock) : bytes;
}
