import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hexOf } from '../../../model/digest.ts';
import type { LockedIndex } from '../../../model/package-lock.ts';
import { processSucceeded } from '../../process/process-diagnostic.ts';
import type { WorkContext } from '../../work-context.ts';
import { indexPaths } from './fetch-indexes.ts';
import { isSecuritySuite, type MirrorUrls } from './mirrors.ts';
import type { PrivateApt } from './private-apt.ts';
import { parseReleaseFile } from './release-file.ts';

const releaseLimitBytes = 16 * 1024 * 1024;

/**
 * Brings back `Packages` files of an earlier lock that the pool lost, where their release file is still there: mirrors
 * keep former indexes for a while under the digest that the release file names. What cannot be had stays missing.
 */
export async function restoreIndexes(
  indexes: readonly LockedIndex[],
  architecture: string,
  apt: PrivateApt,
  mirrors: MirrorUrls,
  context: WorkContext,
): Promise<void> {
  const there = await context.cache.has(indexes.flatMap(({ release, packages }) => [release, packages]));
  const folder = join(apt.folder, 'downloads');
  for (const index of indexes) {
    if (!there.has(index.packages.digest) && there.has(index.release.digest)) {
      await restore(index, architecture, folder, apt, mirrors, context);
    }
  }
}

async function restore(
  { suite, component, release, packages }: LockedIndex,
  architecture: string,
  folder: string,
  apt: PrivateApt,
  mirrors: MirrorUrls,
  context: WorkContext,
): Promise<void> {
  const bytes = await context.cache.readSmall(release.digest, releaseLimitBytes);
  const paths = indexPaths({ suite, component, architecture });
  const compressed = bytes.ok
    ? parseReleaseFile(Buffer.from(bytes.value).toString('utf8'))?.files.get(`${paths.belowRelease}.xz`)
    : undefined;
  if (compressed === undefined) {
    return;
  }
  const base = isSecuritySuite(suite) ? mirrors.securityUrl : mirrors.url;
  const file = join(folder, 'Packages.xz');
  const unpacked = join(folder, 'Packages');
  await apt.run('apt-helper', [
    'download-file',
    `${base}/${dirname(paths.packages)}/by-hash/SHA256/${hexOf(compressed.digest)}`,
    file,
    `SHA256:${hexOf(compressed.digest)}`,
  ]);
  const unpacking = await apt.run('apt-helper', ['cat-file', file], { file: unpacked });
  const restored =
    processSucceeded(unpacking) &&
    (await context.cache.putFile(unpacked, { expected: packages.digest, move: true })).ok;
  await rm(file, { force: true });
  await rm(unpacked, { force: true });
  context.log(
    `index ${suite}/${component} of the earlier lock: ${restored ? 'fetched by hash' : 'not on the mirror any more'}`,
  );
}
