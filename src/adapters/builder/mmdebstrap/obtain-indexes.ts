import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LockedIndex, PackageRequest } from '../../../model/package-lock.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import { processSucceeded } from '../../process/process-diagnostic.ts';
import type { LocalStore } from '../../store/store.ts';
import type { WorkContext } from '../../work-context.ts';
import { aptFailure } from './apt-failure.ts';
import { builderDiagnostic } from './builder-diagnostic.ts';
import { fetchIndexes, indexPaths } from './fetch-indexes.ts';
import type { MirrorUrls } from './mirrors.ts';
import type { PrivateApt } from './private-apt.ts';
import { restoreIndexes } from './restore-indexes.ts';
import { signedSourceLines } from './source-lines.ts';

/**
 * Gives apt the indexes to resolve against: those of an earlier lock, from the pool where it has them, or the
 * mirror's current ones. Apt checks signatures and digests either way. SK4005 to SK4008.
 */
export async function obtainIndexes(
  apt: PrivateApt,
  request: PackageRequest,
  earlier: readonly LockedIndex[] | undefined,
  mirrors: MirrorUrls,
  context: WorkContext,
): Promise<Result<readonly LockedIndex[]>> {
  if (earlier !== undefined) {
    await restoreIndexes(earlier, request.architecture, apt, mirrors, context);
    if (await arePooled(earlier, context.cache)) {
      return usePooled(apt, request, earlier, context.cache);
    }
  }
  await apt.useSources(signedSourceLines(request, mirrors));
  const current = await fetchIndexes(apt, request, mirrors, context);
  return current.ok && earlier !== undefined && !areSame(earlier, current.value)
    ? failure(builderDiagnostic.indexesGone(earlier.map(({ suite }) => suite)))
    : current;
}

async function arePooled(indexes: readonly LockedIndex[], cache: LocalStore): Promise<boolean> {
  const wanted = indexes.flatMap(({ release, packages }) => [release, packages]);
  const there = await cache.has(wanted);
  return wanted.every(({ digest }) => there.has(digest));
}

/** Lays out a mirror of nothing but indexes, as links into the pool, and lets apt read it. */
async function usePooled(
  apt: PrivateApt,
  request: PackageRequest,
  indexes: readonly LockedIndex[],
  cache: LocalStore,
): Promise<Result<readonly LockedIndex[]>> {
  const folder = join(apt.folder, 'mirror');
  const files = new Map<string, string>();
  for (const { suite, components } of request.suites) {
    for (const component of components) {
      const index = indexes.find((each) => each.suite === suite && each.component === component);
      if (index === undefined) {
        return failure(builderDiagnostic.indexesGone([`${suite}/${component}`]));
      }
      const paths = indexPaths({ suite, component, architecture: request.architecture });
      files.set(paths.release, cache.pathOf(index.release.digest));
      files.set(paths.packages, cache.pathOf(index.packages.digest));
    }
  }
  for (const [path, source] of files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await symlink(source, target);
  }
  // With `file:` apt would take a link to an uncompressed index for the compressed one.
  const url = `copy:${folder}`;
  await apt.useSources(signedSourceLines(request, { url, securityUrl: url }));
  const update = await apt.run('apt-get', ['update', '-q', '--error-on=any']);
  return processSucceeded(update) ? success(indexes) : failure(aptFailure(update, 'the pool'));
}

function areSame(earlier: readonly LockedIndex[], current: readonly LockedIndex[]): boolean {
  const names = ({ suite, component, release, packages }: LockedIndex): string =>
    `${suite} ${component} ${release.digest} ${packages.digest}`;
  return earlier.map(names).sort().join() === current.map(names).sort().join();
}
